using System.CommandLine;
using Export.Commands;
using Export.Tests.Downloads;
using ModelStore;
using TestKit;

namespace Export.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Command_InstallVerifyRemove_ReturnTheDocumentedCodes()
    {
        Assert.Equal(0, await RunAsync("resnet_basic_1-1-1-1", "--synthetic", "3", "--name", "tiny"));
        Assert.Equal(0, await RunAsync("verify"));
        Assert.Equal(0, await RunAsync("list"));
        InstalledModel model = new StoreFolder(_folder.Path).Latest("tiny")!;
        using (FileStream file = new(model.ModelPath, FileMode.Open))
        {
            file.Position = 1000;
            file.WriteByte(0xff);
        }

        Assert.Equal(1, await RunAsync("verify"));
        Assert.Equal(0, await RunAsync("remove", "tiny"));
        Assert.Equal(1, await RunAsync("remove", "tiny"));
    }

    [Fact]
    public async Task Wait_ModelThatAnotherProcessInstalls_ReturnsOnceItIsThere()
    {
        StoreFolder store = new(Path.Combine(_folder.Path, "not-yet"));
        StringWriter output = new();

        Task waiting = WaitCommand.RunAsync(store, ["tiny"], new ImpatientClock(TimeSpan.FromMinutes(1)), output, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        string[] install = ["resnet_basic_1-1-1-1", "--synthetic", "3", "--name", "tiny", "--store", store.Root];
        await ExportCommand.Build().Parse(install).InvokeAsync();
        await waiting;

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"waiting for tiny in {store.Root}", $"{store.Root} has tiny"], lines.Select(line => line.TrimEnd()));
    }

    [Fact]
    public async Task Command_ThatCannotSucceed_ReturnsOneOrTwo()
    {
        Assert.Equal(2, await RunAsync("resnet19"));
        Assert.Equal(2, await RunAsync());
        Assert.Equal(1, await RunAsync("--name", "x", "--checkpoint", _folder.File("absent.pth")));
        Assert.Equal(1, await RunAsync("--name", "x", "--checkpoint", _folder.Path));
        Assert.NotEmpty(ExportCommand.Build().Parse(["--seed", "x", "--store"]).Errors);
    }

    [Fact]
    public void Help_OfTheCommand_ShowsExamplesAndExitCodes()
    {
        using StringWriter output = new();
        ExportCommand.Build().Parse(["--help"]).Invoke(new InvocationConfiguration { Output = output });
        Assert.Contains("export --name birds --checkpoint birds.pth", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0", output.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) =>
        ExportCommand.Build().Parse([.. arguments, "--store", _folder.Path]).InvokeAsync();
}
