using System.Net;
using System.Net.Sockets;

namespace InferenceApi.Tests.Hosting;

/// <summary>A wrong setting is one line that names it, its value and what is allowed; exit code 2, no stack trace.</summary>
public sealed class WrongSettingTests
{
    private const string UpToADay = "allowed: a time as hh:mm:ss, 00:00:00.001 to 1.00:00:00.";

    [Theory]
    [InlineData("--Runtime:Sessions=-1", "Runtime:Sessions is '-1'; allowed: a whole number, 0 to 64.")]
    [InlineData("--Runtime:Sessions=abc", "Runtime:Sessions is 'abc'; allowed: a whole number, 0 to 64.")]
    [InlineData("--Runtime:Provider=gpu", "Runtime:Provider is 'gpu'; allowed: auto, cpu, cuda, tensorrt.")]
    [InlineData("--Runtime:Provider=7", "Runtime:Provider is '7'; allowed: auto, cpu, cuda, tensorrt.")]
    [InlineData("--Runtime:DeviceIds:0=64", "Runtime:DeviceIds is '64'; allowed: different numbers from 0 to 63.")]
    [InlineData("--Runtime:DeviceIds=0",
        "Runtime:DeviceIds is '0'; allowed: numbered entries, Runtime:DeviceIds:0, Runtime:DeviceIds:1 and so on.")]
    [InlineData("--Runtime:AllowSpinning=yes", "Runtime:AllowSpinning is 'yes'; allowed: true or false.")]
    [InlineData("--Uploads:MaxImages=0", "Uploads:MaxImages is '0'; allowed: a whole number, 1 to 1024.")]
    [InlineData("--Serving:MemoryBudget=2GB", "Serving:MemoryBudget is '2GB'; allowed: a whole number, at least 0.")]
    [InlineData("--Serving:OnDemand=false",
        "Serving:OnDemand is 'False' and Serving:Preload is empty, so no model could be served; allowed: name models in Serving:Preload.")]
    [InlineData("--Requests:MaxTimeout=30", $"Requests:MaxTimeout is '30'; {UpToADay}")]
    [InlineData("--Requests:DefaultTimeout=-00:00:05", $"Requests:DefaultTimeout is '-00:00:05'; {UpToADay}")]
    [InlineData("--Requests:DefaultTimeout=24:00:00", $"Requests:DefaultTimeout is '24:00:00'; {UpToADay}")]
    [InlineData("--Requests:DefaultTimeout=00:10:00",
        "Requests:DefaultTimeout is '00:10:00'; allowed: at most Requests:MaxTimeout, which is '00:05:00'.")]
    [InlineData("--Shutdown:DrainTimeout=-00:01:00",
        "Shutdown:DrainTimeout is '-00:01:00'; allowed: a time as hh:mm:ss, 00:00:00 to 01:00:00.")]
    [InlineData("--Runtime:Sesions=2", "Runtime:Sesions is '2', but there is no such setting; did you mean Runtime:Sessions?")]
    [InlineData("--Runtime:Cuda:TF=true", "Runtime:Cuda:TF is 'true', but there is no such setting; did you mean Runtime:Cuda:Tf32?")]
    [InlineData("--Runtim:Sessions=2", "Runtim:Sessions is '2', but there is no such setting; did you mean Runtime:Sessions?")]
    [InlineData("--Serving:StorePoll:Seconds=5",
        "Serving:StorePoll:Seconds is '5', but there is no such setting; allowed: Serving:StorePoll.")]
    [InlineData("--Logging:LogLevel:Default=Loud",
        "Logging:LogLevel:Default is 'Loud'; allowed: Trace, Debug, Information, Warning, Error, Critical, None.")]
    [InlineData("--Logging:Console:FormatterName=jsn", "Logging:Console:FormatterName is 'jsn'; allowed: simple, json, systemd.")]
    public Task Argument_IsNamedInOneLine(string argument, string line) => AssertLineAsync(line, [argument]);

    [Theory]
    [InlineData("Runtime__OptimizedGraphCache", "", "Runtime:OptimizedGraphCache is ''; allowed: text that is not empty.")]
    [InlineData("Serving__Preload__0", "", "Serving:Preload:0 is ''; allowed: text that is not empty.")]
    [InlineData("Uploads__MaxImages", "1_000", "Uploads:MaxImages is '1_000'; allowed: a whole number, 1 to 1024.")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317",
        "OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'; allowed: the whole address of a collector, for example http://collector:4317.")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "80a", "http_ports is '80a'; allowed: numbers from 0 to 65535, several separated by semicolons.")]
    public Task Variable_IsNamedInOneLine(string name, string value, string line) => AssertLineAsync(line, [], (name, value));

    [Fact]
    public async Task SettingOfAnother_WithANameLikeOurs_IsLeftAlone()
    {
        ServiceRun run = await ServiceRun.OfAsync(["--Uploads:MaxImages=0"], ("Service__Name", "shop"));
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task TwoWrongSettings_AreTwoLines()
    {
        ServiceRun run = await ServiceRun.OfAsync(["--Runtime:Sessions=-1", "--Uploads:MaxImages=0"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(2, run.Errors.TrimEnd().Split('\n').Length);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://192.0.2.1:18500")]
    public async Task AddressThatCannotBeUsed_IsNamedInOneLine(string address) =>
        AssertAddress(address, await ServiceRun.OfAsync([$"--urls={address}"]));

    [Fact]
    public async Task PortInUse_IsNamedInOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        ServiceRun run = await ServiceRun.OfAsync([$"--urls={address}"]);
        AssertAddress(address, run);
        Assert.Contains("address already in use", run.Errors, StringComparison.Ordinal);
    }

    private static void AssertAddress(string address, ServiceRun run)
    {
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"urls is '{address}': ", run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Output, StringComparison.Ordinal);
    }

    private static async Task AssertLineAsync(string line, string[] arguments, params (string Name, string Value)[] variables)
    {
        ServiceRun run = await ServiceRun.OfAsync(arguments, variables);
        Assert.Equal((2, line + "\n", ""), (run.ExitCode, run.Errors, run.Output));
    }
}
