using System.Globalization;

namespace Benchmarks.Load;

/// <summary>What to measure, where things are, and how long it may take.</summary>
internal sealed class BenchOptions
{
    /// <summary>Root of the checkout.</summary>
    public required string Root { get; init; }

    /// <summary>The model store; resnet50 and resnet18 models must be installed.</summary>
    public required string Store { get; init; }

    /// <summary>Folder of JPEGs that are sent in turn.</summary>
    public required string Pictures { get; init; }

    /// <summary>Where the pictures are from, for the report.</summary>
    public string PicturesFrom { get; init; } = "unknown";

    /// <summary>Folder of reports.</summary>
    public required string Results { get; init; }

    /// <summary>Scratch: logs, graph cache.</summary>
    public required string Scratch { get; init; }

    public string Model { get; init; } = "resnet50_swsl";

    public string SmallModel { get; init; } = "resnet18_swsl";

    /// <summary>quick, default or full.</summary>
    public string Mode { get; init; } = "default";

    /// <summary>Scenarios to run; empty for the mode's own choice.</summary>
    public IReadOnlySet<string> Only { get; init; } = new HashSet<string>();

    /// <summary>
    /// Another command to measure as the service, with {port}, {store} and {model} in it: an older build, say. Empty for this checkout's.
    /// </summary>
    public string Service { get; init; } = "";

    /// <summary>Where servers listen; peers take the ports after it.</summary>
    public int Port { get; init; } = 18080;

    public bool IsQuick => Mode == "quick";

    public bool IsFull => Mode == "full";

    /// <summary>Clients of a saturating closed loop: two full batches of the server's default.</summary>
    public int Clients { get; init; } = 16;

    /// <summary>
    /// Repetitions whose median is reported; 0 for the mode's own: many short ones rather than few long, for the sake of noisy hosts.
    /// </summary>
    public int GivenRounds { get; init; }

    public int Rounds => GivenRounds > 0 ? GivenRounds : Pick(3, 5, 7);

    /// <summary>Of each rate; each takes a raw measurement and <see cref="OpenLoopTime"/>.</summary>
    public int OpenLoopRounds => GivenRounds > 0 ? GivenRounds : Pick(1, 3, 3);

    public TimeSpan SaturationTime => TimeSpan.FromSeconds(Pick(5, 6, 10));

    public TimeSpan IdleTime => TimeSpan.FromSeconds(Pick(3, 3, 5));

    public TimeSpan OpenLoopTime => TimeSpan.FromSeconds(Pick(10, 20, 60));

    public TimeSpan OverloadTime => TimeSpan.FromSeconds(Pick(8, 15, 30));

    /// <summary>Of each attack.</summary>
    public TimeSpan HostileTime => TimeSpan.FromSeconds(Pick(20, 60, 60));

    /// <summary>Of all attacks together.</summary>
    public TimeSpan SoakTime => TimeSpan.FromMinutes(Pick(1, 2, 10));

    public int MemoryRequests => Pick(1_000, 5_000, 10_000);

    public double CeilingSeconds => Pick(0.6, 1.2, 2.0);

    public bool Wants(string scenario, bool byDefault = true) => Only.Count > 0 ? Only.Contains(scenario) : byDefault;

    /// <exception cref="ArgumentException">An argument is unknown or has no value.</exception>
    public static BenchOptions Parse(string[] arguments)
    {
        var given = new Dictionary<string, string>();
        var only = new HashSet<string>();
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length) throw new ArgumentException($"{arguments[i]} needs a value.");
            if (arguments[i] == "--only") only.Add(arguments[i + 1]);
            else given.Add(arguments[i], arguments[i + 1]);
        }

        string root = Take("--root", Directory.GetCurrentDirectory());
        var options = new BenchOptions
        {
            Root = root,
            Store = Take("--store", Path.Combine(root, ".build/bench/store")),
            Pictures = Take("--pictures", Path.Combine(root, ".build/bench/pictures")),
            PicturesFrom = Take("--pictures-from", "unknown"),
            Results = Take("--results", Path.Combine(root, "benchmarks/results")),
            Scratch = Take("--scratch", Path.Combine(root, ".build/bench")),
            Model = Take("--model", "resnet50_swsl"),
            SmallModel = Take("--small-model", "resnet18_swsl"),
            Mode = Take("--mode", "default"),
            Service = Take("--service", ""),
            Port = int.Parse(Take("--port", "18080"), CultureInfo.InvariantCulture),
            GivenRounds = int.Parse(Take("--rounds", "0"), CultureInfo.InvariantCulture),
            Clients = int.Parse(Take("--clients", "16"), CultureInfo.InvariantCulture),
            Only = only,
        };
        if (given.Count > 0) throw new ArgumentException($"Unknown: {string.Join(' ', given.Keys)}");
        return options;

        string Take(string key, string otherwise) => given.Remove(key, out string? value) ? value : otherwise;
    }

    private T Pick<T>(T quick, T normal, T full) => IsQuick ? quick : IsFull ? full : normal;
}
