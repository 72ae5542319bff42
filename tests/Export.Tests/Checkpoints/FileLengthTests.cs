using Export.Architectures;
using Export.Checkpoints;
using Export.Tests.Writers;
using Export.Weights;
using ModelStore;
using TestKit;

namespace Export.Tests.Checkpoints;

/// <summary>
/// The published files' lengths, reproduced to the byte: the writer of these tests speaks the original layout, so what the reader
/// accepts here is what it will meet.
/// </summary>
public sealed class FileLengthTests
{
    public static TheoryData<string, string, long> Published
    {
        get
        {
            TheoryData<string, string, long> data = [];
            foreach (CatalogEntry entry in ModelCatalog.Entries) data.Add(entry.Name, entry.Architecture, entry.Bytes);
            data.Add("resnext101_32x32d_wsl", "resnext101_32x32d", 1_876_573_776);
            data.Add("resnext101_32x48d_wsl", "resnext101_32x48d", 3_317_136_976);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void LegacyFile_OfThePublishedLayout_HasThePublishedLengthAndIsRecognised(string name, string architecture, long bytes)
    {
        using TemporaryFolder folder = new();
        string path = folder.File(name + ".pth");
        ResNetArchitecture expected = ResNetNames.Find(architecture, 1000)!;
        NetworkFile.WriteLegacy(path, [.. expected.Tensors]);

        Assert.Equal(bytes, new FileInfo(path).Length);
        using Checkpoint checkpoint = Checkpoint.Open(path);
        ResNetArchitecture found = ResNetRecognition.Recognise(checkpoint);
        Assert.Equal((CheckpointFormat.Legacy, architecture, 1000), (checkpoint.Format, found.Name, found.Classes));
        Assert.Equal(expected.Parameters, found.Parameters);
        if (ModelCatalog.Find(name) is { } entry) Assert.Equal(entry.Parameters, found.Parameters);
    }
}
