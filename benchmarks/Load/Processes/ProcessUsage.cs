using System.Globalization;

namespace Benchmarks.Load.Processes;

/// <summary>What the kernel says of another process.</summary>
internal readonly record struct ProcessUsage(int Id)
{
    // USER_HZ, which /proc counts in, is 100 on every Linux.
    private const double TicksPerSecond = 100;

    // Fields of /proc/<id>/stat behind the program's name, which may itself hold spaces.
    private const int UserField = 11;
    private const int SystemField = 12;

    /// <summary>Resident bytes now.</summary>
    public long ResidentBytes => ReadStatus("VmRSS:");

    /// <summary>Most resident bytes so far.</summary>
    public long PeakResidentBytes => ReadStatus("VmHWM:");

    /// <summary>Open files and sockets.</summary>
    public int Handles => Directory.GetFiles($"/proc/{Id}/fd").Length;

    public int Threads => int.Parse(StatusValue("Threads:"), CultureInfo.InvariantCulture);

    /// <summary>Processor time so far, all threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            string stat = File.ReadAllText($"/proc/{Id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            double ticks = double.Parse(fields[UserField], CultureInfo.InvariantCulture)
                + double.Parse(fields[SystemField], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    private long ReadStatus(string key) =>
        long.Parse(StatusValue(key).Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;

    private string StatusValue(string key) =>
        File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Trim();
}
