using System.Globalization;

namespace Benchmarks.Load.Scenarios;

/// <summary>Who is there to be measured on this machine.</summary>
internal static class Contenders
{
    /// <summary>The service itself.</summary>
    /// <param name="options">Where it is and on which port.</param>
    /// <param name="settings">Further settings, such as --Runtime:Sessions=2.</param>
    public static Contender Service(BenchOptions options, params string[] settings) =>
        new("InferenceApi", options.Port, model => options.Service.Length > 0 ? Given(options, model) : Built(options, model, settings));

    /// <summary>The peers that are installed.</summary>
    public static IReadOnlyList<Contender> Peers(BenchOptions options)
    {
        var peers = new List<Contender>();
        string node = Path.Combine(options.Root, "benchmarks/peers/node");
        if (Directory.Exists(Path.Combine(node, "node_modules")))
            peers.Add(new Contender(
                "Node", options.Port + 1, model => ["node", Path.Combine(node, "server.js"), options.Store, model, $"{options.Port + 1}"]));
        string python = Path.Combine(options.Root, "benchmarks/peers/fastapi/server.py");
        if (Directory.Exists("/usr/lib/python3/dist-packages/fastapi") && Directory.Exists("/usr/lib/python3/dist-packages/torchvision"))
            peers.Add(new Contender(
                "FastAPI", options.Port + 2, model => ["/usr/bin/python3", python, options.Store, model, $"{options.Port + 2}"]));
        return peers;
    }

    private static string[] Given(BenchOptions options, string model) => options.Service
        .Replace("{port}", options.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{store}", options.Store, StringComparison.Ordinal)
        .Replace("{model}", model, StringComparison.Ordinal)
        .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Built(BenchOptions options, string model, string[] settings) =>
    [
            "dotnet", Path.Combine(options.Root, "src/InferenceApi/bin/Release/net10.0/InferenceApi.dll"),
            "--contentRoot", Path.Combine(options.Root, "src/InferenceApi"),
            "--urls", $"http://127.0.0.1:{options.Port}",
            $"--Serving:Store={options.Store}",
            // All the load comes from one address.
            "--Uploads:AddressPercent=100",
            .. model.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((name, i) => $"--Serving:Preload:{i}={name}"),
            .. settings,
        ];
}
