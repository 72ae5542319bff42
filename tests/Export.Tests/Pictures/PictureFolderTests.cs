using Export.Pictures;
using Imaging.Tests;
using ModelStore;
using TestKit;

namespace Export.Tests.Pictures;

public sealed class PictureFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_ArePartedWithoutOverlap_TheSameEveryTime()
    {
        Fill(_folder, 66);
        PictureFolder first = Open(), second = Open();
        float[][] calibration = Values(first.Calibration()), judged = Values(first.Judged());
        Assert.Equal((44, 22), (calibration.Length, judged.Length));
        Assert.Equal(66, calibration.Concat(judged).Select(values => values.Sum()).Distinct().Count());
        Assert.Equal(calibration, Values(second.Calibration()));
        Assert.All(calibration, values => Assert.Equal(3 * 224 * 224, values.Length));
        Assert.Empty(first.Skipped);
    }

    [Fact]
    public void Damaged_AreSkippedAndNamed()
    {
        Fill(_folder, 70);
        File.WriteAllText(_folder.File("broken.jpg"), "no picture");
        File.WriteAllText(_folder.File("notes.txt"), "not even meant as one");
        PictureFolder folder = Open();
        int read = folder.Calibration().Count + folder.Judged().Count();
        Assert.Equal(70, read);
        Assert.Contains("broken.jpg: ", Assert.Single(folder.Skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void TooFew_AreRefused_CountingWhatIsDamaged()
    {
        Fill(_folder, 63);
        Assert.Contains("holds 63", Assert.Throws<PicturesException>(Open).Message, StringComparison.Ordinal);
        for (int index = 0; index < 30; index++) File.WriteAllText(_folder.File($"broken{index}.png"), "no picture");
        PictureFolder folder = Open();
        string message = Assert.Throws<PicturesException>(() => folder.Calibration().Concat(folder.Judged()).Count()).Message;
        Assert.Contains("at least 64", message, StringComparison.Ordinal);
        Assert.Contains("broken", message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoFolder_IsRefused() =>
        Assert.Throws<PicturesException>(() => new PictureFolder(_folder.File("none"), LabelSet.ImageNet, PreprocessingRecipe.ImageNet));

    [Theory]
    [InlineData("n02111889/a.jpg", 258)]
    [InlineData("val/n02111889_17.JPEG", 258)]
    [InlineData("n02111889.png", 258)]
    [InlineData("n99999999/a.jpg", null)]
    [InlineData("n021118890/a.jpg", null)]
    [InlineData("dog.jpg", null)]
    public void Classes_AreInThePaths(string path, int? index) =>
        Assert.Equal(index, new PictureClasses(_folder.Path, LabelSet.ImageNet).Of(path));

    [Fact]
    public void Classes_OfAFile_AreIndicesOrIdentifiers()
    {
        File.WriteAllText(_folder.File("labels.csv"), "file,class\na.jpg,7\nsub/b,c.jpg,n02111889\n");
        PictureClasses classes = new(_folder.Path, LabelSet.ImageNet);
        Assert.Equal([7, 258, null], new[] { "a.jpg", "sub/b,c.jpg", "n02111889.jpg" }.Select(classes.Of));
    }

    [Theory]
    [InlineData("a.jpg,1000")]
    [InlineData("a.jpg,Samoyed")]
    [InlineData("a.jpg")]
    public void Classes_OfAnotherModel_AreRefused(string row)
    {
        File.WriteAllText(_folder.File("labels.csv"), $"file,class\n{row}\n");
        Assert.Contains(
            "line 2", Assert.Throws<PicturesException>(
                () => new PictureClasses(_folder.Path, LabelSet.ImageNet)).Message, StringComparison.Ordinal);
    }

    /// <summary>Small pictures of noise, which the preprocessing enlarges into soft ones.</summary>
    internal static void Fill(TemporaryFolder folder, int count)
    {
        Random random = new(11);
        for (int index = 0; index < count; index++) File.WriteAllBytes(folder.File($"{index:D3}.png"), PngWriter.Noise(16, 16, random));
    }

    private PictureFolder Open() => new(_folder.Path, LabelSet.ImageNet, PreprocessingRecipe.ImageNet);

    private static float[][] Values(IEnumerable<Picture> pictures) => [.. pictures.Select(picture => picture.Values)];
}
