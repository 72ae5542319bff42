using System.Diagnostics;
using System.Globalization;

namespace Benchmarks.Prepare;

/// <summary>torchvision's pipeline in a child process that works through all images once per line it is sent.</summary>
internal sealed class TorchvisionPeer : IDisposable
{
    private readonly Process _process;

    /// <param name="script">torchvision_prepare.py.</param>
    /// <param name="folder">The photographs.</param>
    public TorchvisionPeer(string script, string folder)
    {
        ProcessStartInfo start = new("/usr/bin/python3", [script, folder]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
    }

    /// <summary>Seconds for one round over all images, files already in memory.</summary>
    public double Round()
    {
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        string? line = _process.StandardOutput.ReadLine();
        return double.Parse(line ?? throw new InvalidOperationException("The torchvision process ended."), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
