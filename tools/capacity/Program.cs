using Capacity.CommandLine;
using Capacity.Curves;
using Capacity.Planning;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(CapacityOptions.Usage);
    return 0;
}

try
{
    CapacityOptions options = CapacityOptions.Parse(args);
    List<ReplicaProfile> profiles = await ReadProfiles(options).ConfigureAwait(false);
    foreach (string line in PlanTable.Replicas(profiles)) Console.WriteLine(line);
    Console.WriteLine();
    foreach (string line in PlanTable.Plans(profiles, options)) Console.WriteLine(line);
    return 0;
}
catch (Exception failure)
    when (failure is ArgumentException or IOException or InvalidDataException or HttpRequestException or TaskCanceledException)
{
    await Console.Error.WriteLineAsync($"capacity: {failure.Message}").ConfigureAwait(false);
    return 1;
}

static async Task<List<ReplicaProfile>> ReadProfiles(CapacityOptions options)
{
    var profiles = new List<ReplicaProfile>();
    profiles.AddRange(options.Reports.SelectMany(path => BenchmarkReport.Read(path, options.PricePerCoreHour)));
    profiles.AddRange(options.Curves.Select(ProfileFile.Read));
    if (options.Service is { } address)
        profiles.Add(await RunningService.ReadAsync(address, options, CancellationToken.None).ConfigureAwait(false));
    if (profiles.Count > 0 || options.Reports.Count > 0) return profiles;
    if (BenchmarkReport.Newest(Path.Combine("benchmarks", "results")) is { } report)
        profiles.AddRange(BenchmarkReport.Read(report, options.PricePerCoreHour));
    string own = Path.Combine(AppContext.BaseDirectory, "profiles");
    profiles.AddRange(Directory.GetFiles(own, "*.json").Order(StringComparer.Ordinal).Select(ProfileFile.Read));
    return profiles;
}
