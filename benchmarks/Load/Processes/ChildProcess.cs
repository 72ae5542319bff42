using System.Diagnostics;

namespace Benchmarks.Load.Processes;

/// <summary>How the programs that the load generator measures are started.</summary>
internal static class ChildProcess
{
    /// <summary>
    /// This program with another verb, as a process of its own: it measures with the service's settings, not the generator's.
    /// </summary>
    public static IReadOnlyList<string> Verb(params IEnumerable<string> arguments) =>
        ["dotnet", typeof(ChildProcess).Assembly.Location, .. arguments];

    /// <summary>
    /// Its output is redirected; the generator's own settings for sockets and the collector (bench.sh) are not passed on.
    /// </summary>
    /// <param name="command">Program and arguments.</param>
    public static ProcessStartInfo StartInfo(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] own = [.. start.Environment.Keys.Where(IsGeneratorSetting)];
        foreach (string key in own) start.Environment.Remove(key);
        return start;
    }

    private static bool IsGeneratorSetting(string key) =>
        key.StartsWith("DOTNET_SYSTEM_NET", StringComparison.Ordinal) || key.StartsWith("DOTNET_gc", StringComparison.Ordinal);
}
