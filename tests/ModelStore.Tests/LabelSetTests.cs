using TestKit;

namespace ModelStore.Tests;

public sealed class LabelSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ImageNet_HasAThousandClasses_InTheOrderOfTheLogits()
    {
        Assert.Equal(1000, LabelSet.ImageNet.Count);
        Assert.Equal(new ClassLabel(0, "n01440764", "tench"), LabelSet.ImageNet[0]);
        Assert.Equal(new ClassLabel(258, "n02111889", "Samoyed"), LabelSet.ImageNet[258]);
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(index => LabelSet.ImageNet[index].Wnid).Distinct().Count());
    }

    [Fact]
    public void Save_ThenLoad_GivesTheSame_QuotesAndCommasIncluded()
    {
        string path = Write("plain", "cat\nthe \"big\" dog, brown\n\nΩ\n");
        LabelSet labels = LabelSet.Load(path);
        labels.Save(_folder.File("saved"));
        LabelSet again = LabelSet.Load(_folder.File("saved"));

        Assert.Equal(3, again.Count);
        Assert.Equal(new ClassLabel(1, null, "the \"big\" dog, brown"), again[1]);
        Assert.Equal(Enumerable.Range(0, 3).Select(index => labels[index]), Enumerable.Range(0, 3).Select(index => again[index]));
    }

    [Theory]
    [InlineData("", "names no classes")]
    [InlineData("index,wnid,label\n1,n1,\"a\"\n", "line 2 has index '1' where 0 is expected")]
    [InlineData("index,wnid,label\n0,n1\n", "line 2 does not have the three fields")]
    [InlineData("index,wnid,label\n0,n1,\"\"\n", "line 2 has no label")]
    public void WrongFile_IsToldByLine(string content, string expected)
    {
        string path = Write("wrong", content);
        string message = Assert.Throws<ModelStoreException>(() => LabelSet.Load(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void BinaryFile_AndMissingFile_AreClearErrors()
    {
        File.WriteAllBytes(_folder.File("binary"), [0xff, 0xfe, 0xfd, 10, 0xff]);
        Assert.Throws<ModelStoreException>(() => LabelSet.Load(_folder.File("binary")));
        Assert.Throws<ModelStoreException>(() => LabelSet.Load(_folder.File("missing")));
        File.WriteAllText(_folder.File("long"), new string('x', 5000));
        Assert.Throws<ModelStoreException>(() => LabelSet.Load(_folder.File("long")));
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder.File(name), content);
        return _folder.File(name);
    }
}
