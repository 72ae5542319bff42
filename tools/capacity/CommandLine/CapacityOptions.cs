using System.Globalization;
using Capacity.Simulation;

namespace Capacity.CommandLine;

/// <summary>What to plan, for which replicas.</summary>
internal sealed class CapacityOptions
{
    public const string Usage = """
        capacity [--curve FILE]...        profiles to plan with (see tools/capacity/profiles); repeatable
                 [--report FILE]...       curves of a report of ./bench.sh; repeatable
                 [--service URL --model NAME --cores N --prepare-ms MS --device cpu|gpu --price PER_HOUR]
                                          the curve a running service has measured
                 [--core-price PER_HOUR]  of a core, for reports (0.05)
                 [--rate N[,N...]]        images a second of the whole cluster (10,100,1000,10000)
                 [--p99 MS]               what 99 % must be answered within (500)
                 [--balancer random|round-robin|least-outstanding]      (random)
                 [--images N] [--seed N]  length of a simulation (200000) and its seed (1)
        Without --curve, --report and --service: the newest report in benchmarks/results, if any, and the profiles that come with the tool.
        """;

    public IReadOnlyList<string> Curves { get; private init; } = [];

    public IReadOnlyList<string> Reports { get; private init; } = [];

    /// <summary>A running service; null for none.</summary>
    public Uri? Service { get; private init; }

    public string Model { get; private init; } = "";

    public int Cores { get; private init; }

    public double PrepareMs { get; private init; }

    public bool SharesCores { get; private init; }

    public double PricePerHour { get; private init; }

    public double PricePerCoreHour { get; private init; }

    public IReadOnlyList<double> Rates { get; private init; } = [];

    public double P99Ms { get; private init; }

    public Balancer Balancer { get; private init; }

    public int Images { get; private init; }

    public int Seed { get; private init; }

    /// <exception cref="ArgumentException">An argument is unknown, has no value or a wrong one.</exception>
    public static CapacityOptions Parse(string[] arguments)
    {
        ILookup<string, string> given = Pairs(arguments).ToLookup(pair => pair.Key, pair => pair.Value);
        var known = new HashSet<string> { "--curve", "--report" };
        string service = Take("--service", "");
        var options = new CapacityOptions
        {
            Curves = [.. given["--curve"]],
            Reports = [.. given["--report"]],
            Service = service.Length == 0
                ? null : Uri.TryCreate(service, UriKind.Absolute, out Uri? uri) ? uri : throw Wrong("--service", service),
            Model = Take("--model", "resnet50_swsl"),
            Cores = (int)Number("--cores", 2, 1, 4096),
            PrepareMs = Number("--prepare-ms", 3, 0, 60_000),
            SharesCores = OneOf("--device", "cpu", "gpu") == "cpu",
            PricePerHour = Number("--price", 0.1, 0, 1e6),
            PricePerCoreHour = Number("--core-price", 0.05, 0, 1e6),
            Rates = [.. Take("--rate", "10,100,1000,10000").Split(',').Select(text => Within("--rate", text, 1e-3, 1e9))],
            P99Ms = Number("--p99", 500, 0.001, 3_600_000),
            Balancer = OneOf("--balancer", "random", "round-robin", "least-outstanding") switch
            {
                "random" => Balancer.Random,
                "round-robin" => Balancer.RoundRobin,
                _ => Balancer.LeastOutstanding,
            },
            Images = (int)Number("--images", 200_000, 1_000, 100_000_000),
            Seed = (int)Number("--seed", 1, 0, int.MaxValue),
        };
        string[] unknown = [.. given.Select(pair => pair.Key).Where(key => !known.Contains(key))];
        return unknown.Length == 0 ? options : throw new ArgumentException($"Unknown: {string.Join(' ', unknown)}");

        string Take(string key, string otherwise)
        {
            known.Add(key);
            return given[key].LastOrDefault(otherwise);
        }

        double Number(string key, double otherwise, double least, double most) =>
            Within(key, Take(key, otherwise.ToString(CultureInfo.InvariantCulture)), least, most);

        string OneOf(string key, params string[] values) =>
            values.Contains(Take(key, values[0])) ? Take(key, values[0]) : throw Wrong(key, Take(key, values[0]));
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(string[] arguments)
    {
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length) throw new ArgumentException($"{arguments[i]} needs a value.");
            yield return new(arguments[i], arguments[i + 1]);
        }
    }

    private static double Within(string key, string text, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least
            && value <= most ? value : throw Wrong(key, text);

    private static ArgumentException Wrong(string key, string value) => new($"{key} cannot be '{value}'.");
}
