using Export.Commands;

namespace Export.Tests.Commands;

public sealed class TextTableTests
{
    private static readonly TextTable.Column[] Columns = [new("model"), new("size", IsNumber: true), new("licence")];
    private static readonly string[][] Rows = [["resnet18_ssl", "7", "CC"], ["tiny", "12345", ""]];

    [Fact]
    public void Wide_ShowsAll_NumbersAtTheRight() =>
        Assert.Equal(
            ["model          size  licence", "resnet18_ssl      7  CC", "tiny          12345"],
            TextTable.Lines(Columns, Rows, 80));

    [Theory]
    [InlineData(25)]
    [InlineData(20)]
    public void Narrow_DropsColumnsFromTheEnd(int width) =>
        Assert.Equal(["model          size", "resnet18_ssl      7", "tiny          12345"], TextTable.Lines(Columns, Rows, width));

    [Fact]
    public void NarrowerThanAName_KeepsItWhole() => Assert.Equal(["model", "resnet18_ssl", "tiny"], TextTable.Lines(Columns, Rows, 5));
}
