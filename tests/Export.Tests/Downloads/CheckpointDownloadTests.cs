using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Export.Downloads;
using ModelStore;
using TestKit;

namespace Export.Tests.Downloads;

public sealed class CheckpointDownloadTests : IDisposable
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(100_000);
    private static readonly CatalogEntry Entry = ModelCatalog.Entries[0] with
    {
        Url = "http://127.0.0.1:1/unused",
        File = "model-x.pth",
        Bytes = Content.Length,
        Sha256Prefix = Convert.ToHexStringLower(SHA256.HashData(Content))[..8],
    };

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = CheckpointDownload.CreateClient();
    private readonly ImpatientClock _clock = new(TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Fetch_BrokenConnection_ResumesWhereItStopped()
    {
        using LoopbackServer server = new((request, _) => request == 0
            ? LoopbackServer.Response("200 OK", Content[..40_000], Content.Length)
            : LoopbackServer.Response("206 Partial Content", Content[40_000..], range: $"bytes 40000-99999/100000"));
        List<long> reported = [];
        (string path, FileDigest digest) = await Download(server).FetchAsync(Entry, _folder.Path, new Progress(reported.Add));

        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
        Assert.Equal(Content.Length, digest.Bytes);
        Assert.Contains("Range: bytes=40000-", server.Requests[1], StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(reported.Order(), reported);
        Assert.False(File.Exists(path + ".part"));
    }

    [Fact]
    public async Task Fetch_ServerThatIgnoresRanges_StartsAgain()
    {
        await File.WriteAllBytesAsync(_folder.File("model-x.pth.part"), new byte[500]);
        using LoopbackServer server = new((_, _) => LoopbackServer.Response("200 OK", Content));
        (string path, _) = await Download(server).FetchAsync(Entry, _folder.Path);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task Fetch_PartialFileOfAnEarlierRun_IsResumed()
    {
        await File.WriteAllBytesAsync(_folder.File("model-x.pth.part"), Content[..99_999]);
        using LoopbackServer server =
            new((_, _) => LoopbackServer.Response("206 Partial Content", Content[99_999..], range: "bytes 99999-99999/100000"));
        (string path, _) = await Download(server).FetchAsync(Entry, _folder.Path);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
        Assert.Contains("/files/model-x.pth", server.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_BusyServer_IsRetriedWithDoublingWaits()
    {
        using LoopbackServer server =
            new((request, _) => request < 3 ? LoopbackServer.Response("503 Busy", []) : LoopbackServer.Response("200 OK", Content));
        _ = await Download(server).FetchAsync(Entry, _folder.Path);
        Assert.Equal([0.5, 1, 2], _clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Fetch_ServerThatStaysBusy_GivesUpAndSaysSo()
    {
        using LoopbackServer server = new((_, _) => LoopbackServer.Response("500 Oops", []));
        DownloadException failure = await Assert.ThrowsAsync<DownloadException>(() => Download(server).FetchAsync(Entry, _folder.Path));
        Assert.True(failure.Unreachable);
        Assert.Contains("500", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task Fetch_MissingFile_IsNotRetried()
    {
        using LoopbackServer server = new((_, _) => LoopbackServer.Response("404 Not Found", []));
        await Assert.ThrowsAsync<DownloadException>(() => Download(server).FetchAsync(Entry, _folder.Path));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Fetch_WrongDigest_IsRefusedAndNothingIsLeft()
    {
        byte[] wrong = [.. Content];
        wrong[77] ^= 1;
        using LoopbackServer server = new((_, _) => LoopbackServer.Response("200 OK", wrong));
        DownloadException failure = await Assert.ThrowsAsync<DownloadException>(() => Download(server).FetchAsync(Entry, _folder.Path));
        Assert.False(failure.Unreachable, "a wrong file must not be replaced by synthetic weights");
        Assert.Contains($"expected {Entry.Sha256Prefix}", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("model-x.pth")));
        Assert.Equal(0, new FileInfo(_folder.File("model-x.pth.part")).Length);
    }

    [Fact]
    public async Task Fetch_WrongLength_IsRefusedBeforeTheBody()
    {
        using LoopbackServer server = new((_, _) => LoopbackServer.Response("200 OK", new byte[10]));
        DownloadException failure = await Assert.ThrowsAsync<DownloadException>(() => Download(server).FetchAsync(Entry, _folder.Path));
        Assert.False(failure.Unreachable, "a wrong file must not be replaced by synthetic weights");
        Assert.Contains("offers 10 bytes where 100,000 were published", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NobodyListens_FailsAfterTwoAttempts()
    {
        using TcpListener reserved = new(IPAddress.Loopback, 0);
        reserved.Start();
        int port = ((IPEndPoint)reserved.LocalEndpoint).Port;
        reserved.Stop();
        CheckpointDownload download = new(_client, new DownloadOptions { BaseAddress = new Uri($"http://127.0.0.1:{port}/") }, _clock);
        DownloadException failure = await Assert.ThrowsAsync<DownloadException>(() => download.FetchAsync(Entry, _folder.Path));
        Assert.True(failure.Unreachable);
        Assert.Contains("no connection", failure.Message, StringComparison.Ordinal);
        Assert.Single(_clock.Waits);
    }

    [Fact]
    public async Task Fetch_FileThatIsThereAlready_IsKept()
    {
        await File.WriteAllBytesAsync(_folder.File("model-x.pth"), Content);
        using LoopbackServer server = new((_, _) => LoopbackServer.Response("500 Oops", []));
        _ = await Download(server).FetchAsync(Entry, _folder.Path);
        Assert.Empty(server.Requests);
    }

    private CheckpointDownload Download(LoopbackServer server) =>
        new(_client, new DownloadOptions { BaseAddress = server.Address }, _clock);
}
