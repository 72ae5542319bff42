using System.Diagnostics;
using System.Text.Json;
using Export.Commands;
using ModelStore;
using TestKit;

namespace Export.Tests.Commands;

/// <summary>What a terminal or a script sees of the tool: its streams and exit codes.</summary>
public sealed class ExportProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("verify")]
    [InlineData("list")]
    [InlineData("list", "--json")]
    public async Task StoreThatDoesNotExist_IsNamed_AndFails(params string[] command)
    {
        string absent = _folder.File("absent");
        (int code, _, string errors) = await RunAsync([.. command, "--store", absent]);
        Assert.Equal((1, $"export: there is no store at {absent}.\n"), (code, errors));
    }

    [Fact]
    public async Task EmptyStore_VerifiesAsNothing()
    {
        (int code, string output, string errors) = await RunAsync("verify", "--store", _folder.Path);
        Assert.Equal((0, $"nothing is installed in {_folder.Path}\n", ""), (code, output, errors));
    }

    [Fact]
    public async Task Verify_EndsWithACount()
    {
        Assert.Equal(0, (await RunAsync("resnet_basic_1-1-1-1", "--synthetic", "--name", "tiny", "--store", _folder.Path)).Code);
        (int code, string output, _) = await RunAsync("verify", "--store", _folder.Path);
        Assert.Equal((0, $"tiny version 1: sound\n1 version sound in {_folder.Path}\n"), (code, output));

        File.AppendAllText(new StoreFolder(_folder.Path).Latest("tiny")!.ModelPath, "x");
        (code, output, string errors) = await RunAsync("verify", "--store", _folder.Path);
        Assert.Equal((1, $"0 versions sound, 1 not in {_folder.Path}\n"), (code, output));
        Assert.Contains("tiny", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_AsJson_HasEveryModel_InstalledFirst()
    {
        Assert.Equal(0, (await RunAsync("resnet_basic_1-1-1-1", "--synthetic", "--name", "tiny", "--store", _folder.Path)).Code);
        (int code, string output, _) = await RunAsync("list", "--json", "--store", _folder.Path);
        JsonElement models = JsonDocument.Parse(output).RootElement;
        Assert.Equal((0, 13), (code, models.GetArrayLength()));
        Assert.Equal(("tiny", 1, "synthetic"), (
            models[0].GetProperty("model").GetString(),
            models[0].GetProperty("version").GetInt32(),
            models[0].GetProperty("weights").GetString()));
        Assert.Equal(JsonValueKind.Null, models[1].GetProperty("version").ValueKind);
    }

    [Theory]
    [InlineData("There is no option '--frce'. Did you mean --force?", "--frce", "resnet18_ssl")]
    [InlineData("'resnet50_swsI' is not a published model. Did you mean resnet50_swsl", "resnet50_swsI")]
    [InlineData("'resnet50' is not a published model. Did you mean resnet50_ssl or resnet50_swsl?", "resnet50")]
    [InlineData("'lst' is not a published model. Did you mean the command list?", "lst")]
    [InlineData("--version-number is a whole number, not 'x'.", "remove", "tiny", "--version-number", "x")]
    [InlineData("Required argument missing for option: '--store'.", "--store")]
    public async Task MistypedCommand_IsOneLine_WithWhatWasMeant(string line, params string[] command)
    {
        (int code, string output, string errors) = await RunAsync(command);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"export: {line}", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Help_IsACommandToo()
    {
        (int code, string output, _) = await RunAsync("help");
        Assert.Equal(0, code);
        Assert.Contains("Exit codes: 0", output, StringComparison.Ordinal);
        (_, string remove, _) = await RunAsync("help", "remove");
        Assert.Single(remove.Split('\n'), text => text.Contains("remove <MODEL>", StringComparison.Ordinal));
        Assert.DoesNotContain("[<MODEL>...]", remove, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ExportCommand).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process tool = Process.Start(start)!;
        Task<string> output = tool.StandardOutput.ReadToEndAsync(), errors = tool.StandardError.ReadToEndAsync();
        await tool.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (tool.ExitCode, await output, await errors);
    }
}
