using System.Globalization;

namespace InferenceApi.Runtime;

/// <summary>The memory limit of the control group of this process; the kernel kills a process that exceeds it.</summary>
public static class ContainerMemory
{
    // Version 1 writes a number near 2^63 for no limit; no machine has that much memory.
    private const long NoLimit = 1L << 60;

    /// <summary>
    /// The lowest limit of the group and those above it, bytes; null where there is none, as on bare metal and outside Linux.
    /// </summary>
    /// <param name="root">Where <c>proc</c> and <c>sys</c> are mounted.</param>
    public static long? Limit(string root = "/")
    {
        string groups = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(groups)) return null;
        long lowest = NoLimit;
        foreach (string line in File.ReadLines(groups))
        {
            // hierarchy:controllers:path; version 2 has one line with neither number nor controllers.
            if (line.Split(':', 3) is not [_, var controllers, var path]) continue;
            if (controllers.Length == 0) lowest = Math.Min(lowest, Lowest(Path.Combine(root, "sys/fs/cgroup"), path, "memory.max"));
            else if (controllers.Split(',').Contains("memory"))
                lowest = Math.Min(lowest, Lowest(Path.Combine(root, "sys/fs/cgroup/memory"), path, "memory.limit_in_bytes"));
        }

        return lowest < NoLimit ? lowest : null;
    }

    /// <summary>
    /// Of the group's own file and of each above it. Those that are not there are passed over: a container sees its own group as the top,
    /// under version 1 by a path of the host.
    /// </summary>
    private static long Lowest(string mount, string path, string file)
    {
        long lowest = NoLimit;
        for (string? group = path.Trim('/'); group is not null; group = group.Length == 0 ? null : Path.GetDirectoryName(group))
            lowest = Math.Min(lowest, Read(Path.Combine(mount, group, file)));
        return lowest;
    }

    private static long Read(string path)
    {
        try
        {
            // "max" where there is none.
            string text = File.ReadAllText(path);
            return long.TryParse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long bytes) ? bytes : NoLimit;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return NoLimit;
        }
    }
}
