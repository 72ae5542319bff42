using InferenceApi.Tests.Architecture.Sample.Bottom;
using InferenceApi.Tests.Architecture.Sample.Middle;
using InferenceApi.Tests.Architecture.Sample.Top;

namespace InferenceApi.Tests.Architecture;

/// <summary>The direction test can fail: the sample breaks each rule once.</summary>
public sealed class DirectionRuleTests
{
    private const string Root = "InferenceApi.Tests.Architecture.Sample";

    private const string Page = """
        ## Folders of `src/App`

        | folder | what | may use |
        |---|---|---|
        | `Top` | all | everything below |
        | `Middle` | some | Store |
        | `Bottom` | none | – |

        ## Else
        """;

    private static readonly Type[] Sample = [.. typeof(Car).Assembly.GetTypes().Where(type => Direction.Folder(Root, type) is not null)];

    [Fact]
    public void Table_EverythingBelow_IsTheLaterRowsAndWhatTheyUse()
    {
        var table = DirectionTable.Read(Page, "src/App");

        Assert.Equal(["Bottom", "Middle", "Store"], table["Top"].Order());
        Assert.Equal(["Store"], table["Middle"]);
        Assert.Empty(table["Bottom"]);
        Assert.Throws<InvalidDataException>(() => DirectionTable.Read(Page, "src/Other"));
    }

    [Fact]
    public void UseThatTheTableDoesNotAllow_InABodyOrALambda_IsFound() =>
        Assert.Equal(
            [$"{typeof(Engine)} uses {typeof(Driver)}", $"{typeof(Car)} uses {typeof(Engine)}"],
            Direction.Violations(Root, Sample, DirectionTable.Read(Page, "src/App")).Order(StringComparer.Ordinal));

    [Fact]
    public void Circle_IsFound()
    {
        Assert.Equal([$"{Root}.Bottom", $"{Root}.Middle", $"{Root}.Top"], Direction.Circle(Root, Sample));
        Assert.Empty(Direction.Circle(Root, [typeof(Car), typeof(Driver)]));
    }

    [Theory]
    [InlineData("Microsoft.ML.OnnxRuntime")]
    [InlineData("Microsoft.AspNetCore.Http")]
    public void LibraryByFullName_OutsideOfItsHome_IsFound(string library)
    {
        Assert.Equal([typeof(Car).ToString()], Direction.Users(Sample, library, $"{Root}.Top"));
        Assert.Empty(Direction.Users(Sample, library, $"{Root}.Middle"));
    }
}
