using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using InferenceApi.Hosting;

namespace InferenceApi.Tests.Docs;

/// <summary>Every setting the service reads, by reflection.</summary>
/// <param name="Name">For example Runtime:Sessions; nested ones have a third part.</param>
/// <param name="Default">As the tables of docs/settings.md write it.</param>
/// <param name="Allowed">Likewise.</param>
/// <param name="Meaning">The summary of the property, on one line.</param>
internal sealed partial record DocumentedSetting(string Name, string Default, string Allowed, string Meaning)
{
    public static IReadOnlyList<string> Sections { get; } = [.. SettingSection.All.Select(section => section.Name)];

    public static IReadOnlyList<DocumentedSetting> All { get; } =
        [.. SettingSection.All.SelectMany(section => Of(section.Name, Activator.CreateInstance(section.Type)!))];

    private static IEnumerable<DocumentedSetting> Of(string section, object options)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            // Without a setter it is computed, not configured.
            if (!property.CanWrite) continue;
            object? value = property.GetValue(options);
            string name = $"{section}:{property.Name}";
            bool scalar = AllowedValues.IsScalar(property.PropertyType);
            if (!scalar && value is not null and not IEnumerable)
            {
                foreach (DocumentedSetting nested in Of(name, value)) yield return nested;
            }
            else
            {
                string allowed = scalar
                    ? AllowedValues.Of(property.PropertyType, property.GetCustomAttribute<RangeAttribute>()).Text
                    : "numbered: `:0`, `:1` …";
                yield return new DocumentedSetting(name, Text(value), allowed, MeaningOf(property));
            }
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        string text => $"`{text}`",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => $"`{time.ToString("c").TrimEnd('0').PadRight("hh:mm:ss".Length, '0')}`",
        IEnumerable list => list.Cast<object>().Any() ? $"`{string.Join(", ", list.Cast<object>())}`" : "none",
        Enum name => $"`{name.ToString().ToLowerInvariant()}`",
        _ => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
    };

    private static string MeaningOf(PropertyInfo property)
    {
        string file = Path.ChangeExtension(property.DeclaringType!.Assembly.Location, ".xml");
        string member = $"P:{property.DeclaringType.FullName}.{property.Name}";
        XElement documented = XDocument.Load(file).Descendants("member").Single(each => (string?)each.Attribute("name") == member);
        return Spaces().Replace(string.Concat(documented.Element("summary")!.Nodes().Select(Plain)).Trim(), " ");
    }

    private static string Plain(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" } reference => $"`{((string)reference.Attribute("cref")!).Split('.')[^1]}`",
        XElement code => $"`{code.Value}`",
        _ => node.ToString(),
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
