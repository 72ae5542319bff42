using InferenceApi.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Runtime;

public sealed class OptimizedGraphCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly InstalledModel _model;
    private readonly string _cache;

    public OptimizedGraphCacheTests()
    {
        _model = new StoreFolder(_folder.Path).Install("tiny", TinyOnnx.Create(5, 7), crop: 5, classes: 7);
        _cache = _folder.File("cache");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SecondOpening_UsesTheEntry_AndAnswersTheSame()
    {
        float[] first = Answer();
        string entry = Assert.Single(Directory.GetFiles(_cache, "*.onnx"));
        DateTime written = File.GetLastWriteTimeUtc(entry);

        // Only the entry can answer now.
        File.WriteAllText(_model.ModelPath, "gone");

        Assert.Equal(first, Answer());
        Assert.Equal(written, File.GetLastWriteTimeUtc(entry));
        Assert.Equal(2, Directory.GetFiles(_cache).Length);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("flipped")]
    [InlineData("replaced")]
    [InlineData("no digest")]
    public void DamagedEntry_IsMadeAgain(string damage)
    {
        float[] first = Answer();
        string entry = Assert.Single(Directory.GetFiles(_cache, "*.onnx"));
        byte[] content = File.ReadAllBytes(entry);
        switch (damage)
        {
            case "cut":
                File.WriteAllBytes(entry, content[..^10]);
                break;
            case "flipped":
                content[content.Length / 2] ^= 1;
                File.WriteAllBytes(entry, content);
                content[content.Length / 2] ^= 1;
                break;
            case "replaced":
                // A good digest of something that is no network.
                File.WriteAllText(entry, "no network");
                File.WriteAllText(entry + ".sha256", FileDigests.Compute(entry, "x").Sha256);
                break;
            default:
                File.Delete(entry + ".sha256");
                break;
        }

        Assert.Equal(first, Answer());

        Assert.Equal(content, File.ReadAllBytes(entry));
        Assert.Equal(FileDigests.Compute(entry, "x").Sha256, File.ReadAllText(entry + ".sha256"));
        Assert.Equal(2, Directory.GetFiles(_cache).Length);
    }

    [Fact]
    public void FolderThatOthersMayWrite_IsNotUsed()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(_cache);
        File.SetUnixFileMode(_cache, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);

        Assert.Equal(7, Answer().Length);

        Assert.Empty(Directory.GetFiles(_cache));
    }

    [Fact]
    public void NewFolder_IsForTheServiceAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        Answer();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_cache));
    }

    [Fact]
    public void FolderThatCannotBe_CostsNothingButTheCache()
    {
        File.WriteAllText(_cache, "a file");

        Assert.Equal(7, Answer().Length);
    }

    private float[] Answer()
    {
        var options = new RuntimeOptions { MaxBatch = 1, OptimizedGraphCache = _cache };
        using IModelSession session = OnnxModel.OpenSessions(_model, options, NullLogger.Instance)[0];
        session.InputRow(0).Span.Fill(0.5f);
        session.Run(1);
        return session.OutputRow(0).ToArray();
    }
}
