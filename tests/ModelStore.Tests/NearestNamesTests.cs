namespace ModelStore.Tests;

public sealed class NearestNamesTests
{
    private static readonly string[] Names = ["resnet18_ssl", "resnet50_ssl", "resnet50_swsl", "list", "verify"];

    [Theory]
    [InlineData("resnet50_swsI", "resnet50_swsl")]
    [InlineData("ResNet50_SWSL", "resnet50_swsl")]
    [InlineData("lst", "list")]
    [InlineData("lits", "list")]
    [InlineData("verfy", "verify")]
    public void TypingError_FindsWhatWasMeantFirst(string typed, string meant) => Assert.Equal(meant, NearestNames.Of(typed, Names)[0]);

    [Fact]
    public void Beginning_FindsAllThatGoOn_ShortestFirst() =>
        Assert.Equal(["resnet50_ssl", "resnet50_swsl"], NearestNames.Of("resnet50", Names));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("mobilenet")]
    public void SomethingElse_FindsNothing(string typed) => Assert.Empty(NearestNames.Of(typed, Names));
}
