using System.Diagnostics;

namespace Export;

/// <summary>What this process has taken so far.</summary>
internal static class PeakMemory
{
    /// <summary>Highest resident set in bytes; VmHWM on Linux.</summary>
    public static long Bytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
