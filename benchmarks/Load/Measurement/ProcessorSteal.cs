using System.Globalization;

namespace Benchmarks.Load.Measurement;

/// <summary>Processor time of the whole machine by /proc/stat: how much of it the host gave to somebody else.</summary>
internal readonly record struct ProcessorSteal(long Stolen, long Total)
{
    private const string Path = "/proc/stat";

    // cpu user nice system idle iowait irq softirq steal; guest times behind them are part of user and nice already.
    private const int Fields = 8;

    /// <summary>Since the machine started; null where the kernel does not tell.</summary>
    public static ProcessorSteal? Now => File.Exists(Path) ? Parse(File.ReadLines(Path).First()) : null;

    /// <param name="line">The first of /proc/stat.</param>
    public static ProcessorSteal? Parse(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= Fields || fields[0] != "cpu") return null;
        long[] ticks = [.. fields[1..(Fields + 1)].Select(field => long.Parse(field, CultureInfo.InvariantCulture))];
        return new ProcessorSteal(ticks[^1], ticks.Sum());
    }

    /// <summary>Part of the time since an earlier moment that was stolen, 0 to 1; 0 where no time has passed.</summary>
    public double PartSince(ProcessorSteal earlier) =>
        Total > earlier.Total ? (double)(Stolen - earlier.Stolen) / (Total - earlier.Total) : 0;
}
