using System.Diagnostics;
using InferenceApi.Runtime;
using InferenceApi.Runtime.GraphCache;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Runtime.GraphCache;

public sealed class OptimizedGraphCacheTests : IDisposable
{
    // Enough for its weights to lie in a file of their own.
    private const int Classes = 200;

    private readonly TemporaryFolder _folder = new();
    private readonly InstalledModel _model;
    private readonly string _cache;

    public OptimizedGraphCacheTests()
    {
        _model = new StoreFolder(_folder.Path).Install("tiny", TinyOnnx.Create(5, Classes), crop: 5, Classes);
        _cache = _folder.File("cache");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SecondOpening_UsesTheEntry_AndAnswersTheSame()
    {
        float[] first = Answer();
        string entry = Assert.Single(Directory.GetDirectories(_cache));
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(entry, "graph.onnx"));

        // Only the entry can answer now.
        File.WriteAllText(_model.ModelPath, "gone");

        Assert.Equal(first, Answer());
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(entry, "graph.onnx")));
        Assert.Equal(["graph.onnx", "sha256", "weights.bin"], Directory.GetFiles(entry).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("graph.onnx", "cut")]
    [InlineData("graph.onnx", "flipped")]
    [InlineData("graph.onnx", "gone")]
    [InlineData("graph.onnx", "replaced")]
    [InlineData("weights.bin", "cut")]
    [InlineData("weights.bin", "flipped")]
    [InlineData("weights.bin", "gone")]
    [InlineData("weights.bin", "replaced")]
    [InlineData("sha256", "gone")]
    public void DamagedEntry_IsMadeAgain(string name, string damage)
    {
        float[] first = Answer();
        string entry = Assert.Single(Directory.GetDirectories(_cache)), file = Path.Combine(entry, name);
        byte[] content = File.ReadAllBytes(file), damaged = [.. content];
        damaged[content.Length / 2] ^= 1;
        if (damage == "gone") File.Delete(file);
        else File.WriteAllBytes(file, damage switch { "cut" => content[..^10], "flipped" => damaged, _ => "no network"u8.ToArray() });
        // Good digests of something that is no network: what a mistake of ours would leave.
        if (damage == "replaced") File.WriteAllText(Path.Combine(entry, "sha256"), Digests(entry));

        Assert.Equal(first, Answer());

        Assert.Equal(content, File.ReadAllBytes(file));
        Assert.Equal(Digests(entry), File.ReadAllText(Path.Combine(entry, "sha256")));
        Assert.Single(Directory.GetFileSystemEntries(_cache));
    }

    [Fact]
    public async Task ManyOpenings_OfNoEntryYet_LeaveOne()
    {
        float[][] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(Answer)));

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Single(Directory.GetFileSystemEntries(_cache));
    }

    [Fact]
    public void OpenEntry_OutlivesItsFiles()
    {
        IReadOnlyList<IModelInstance> sessions = Open(new RuntimeOptions { IntraOpThreads = 2, OptimizedGraphCache = _cache });
        float[] before = Run(sessions[1]);
        Directory.Delete(_cache, recursive: true);

        Assert.Equal(before, Run(sessions[1]));
        foreach (IModelInstance session in sessions) session.Dispose();
    }

    [Fact]
    public void FolderThatOthersMayWrite_IsNotUsed()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(_cache);
        File.SetUnixFileMode(_cache, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);

        Assert.Equal(Classes, Answer().Length);

        Assert.Empty(Directory.GetFileSystemEntries(_cache));
    }

    [Fact]
    public void FolderOfAnotherUser_IsNotUsed()
    {
        // Only root can make one.
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return;
        Directory.CreateDirectory(_cache);
        using (Process chown = Process.Start("chown", ["65534", _cache])) chown.WaitForExit();

        Assert.Equal(Classes, Answer().Length);

        Assert.Empty(Directory.GetFileSystemEntries(_cache));
        Assert.False(FolderOwner.IsTrusted(_cache));
        Assert.True(FolderOwner.IsTrusted(_folder.Path));
        Assert.False(FolderOwner.IsTrusted(_folder.File("absent")));
    }

    [Fact]
    public void MakingAnEntry_RemovesWhatIsLeftOver()
    {
        Answer();
        Directory.Delete(Assert.Single(Directory.GetDirectories(_cache)), recursive: true);
        foreach ((string name, int hours) in new[] { ("old", 24 * 8), ("used", 24), (".cut.draft", 1), (".busy.draft", 0) })
            Directory.SetLastWriteTimeUtc(Directory.CreateDirectory(Path.Combine(_cache, name)).FullName,
                TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hours));

        Answer();

        string[] left =
            [.. Directory.GetDirectories(_cache).Select(folder => Path.GetFileName(folder)).Where(name => name.Length < 64).Order()];
        Assert.Equal([".busy.draft", "used"], left);
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

        Assert.Equal(Classes, Answer().Length);
    }

    private static string Digests(string entry) => string.Join('\n', ((string[])["graph.onnx", "weights.bin"])
        .Select(name => FileDigest.Of(Path.Combine(entry, name), "x").Sha256));

    private static float[] Run(IModelInstance session)
    {
        session.InputRow(0).Span.Fill(0.5f);
        session.Run(1);
        return session.OutputRow(0).ToArray();
    }

    private IReadOnlyList<IModelInstance> Open(RuntimeOptions options) =>
        NetworkOpener.Open(_model, options.For(ExecutionProvider.Cpu), NullLogger.Instance).All;

    private float[] Answer()
    {
        using IModelInstance session = Open(new RuntimeOptions { Sessions = 1, MaxBatch = 1, OptimizedGraphCache = _cache })[0];
        return Run(session);
    }
}
