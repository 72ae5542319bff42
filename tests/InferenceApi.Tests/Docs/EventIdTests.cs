using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace InferenceApi.Tests.Docs;

/// <summary>Operators filter by event ids: none occurs twice, and each lies in the range that docs/telemetry.md gives its folder.</summary>
public sealed partial class EventIdTests
{
    private const BindingFlags Any =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly (string Folder, int Id, string Method)[] Events =
    [
        .. from type in typeof(Program).Assembly.GetTypes()
           from method in type.GetMethods(Any)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message is not null
           select (type.Namespace!.Split('.')[1], message.EventId, $"{type.FullName}.{method.Name}"),
    ];

    [Fact]
    public void NoId_OccursTwice()
    {
        Assert.True(Events.Length > 15);
        var twice = Events.GroupBy(each => each.Id).Where(group => group.Count() > 1);
        Assert.Empty(twice.Select(group => string.Join(" and ", group.Select(each => each.Method))));
    }

    [Fact]
    public void EveryId_LiesInTheRangeOfItsFolder()
    {
        var ranges =
            from Match row in Rows().Matches(Pages.Read("docs/telemetry.md"))
            from Match range in Range().Matches(row.Groups["ranges"].Value)
            select (Folder: row.Groups["folder"].Value, From: Number(range.Groups[1]), To: Number(range.Groups[2]));
        Assert.All(
            Events,
            each => Assert.Contains(ranges, range => range.Folder == each.Folder && each.Id >= range.From && each.Id <= range.To));
    }

    [Fact]
    public void EveryIdThatThePagesName_Exists()
    {
        var named = Rows().Matches(Pages.Read("docs/telemetry.md"))
            .SelectMany(row => Ids().Matches(row.Groups["named"].Value)).Select(id => Number(id.Groups[0]));
        Assert.Subset(Events.Select(each => each.Id).ToHashSet(), named.ToHashSet());
    }

    private static int Number(Group text) => int.Parse(text.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| `(?<folder>[A-Z]\w+)` \| (?<ranges>\d{4} to \d{4}[^|]*)\| (?<named>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"(\d{4}) to (\d{4})")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b\d{4}\b")]
    private static partial Regex Ids();
}
