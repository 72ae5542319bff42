using System.Diagnostics;

namespace Export.Tests.Oracle;

/// <summary>Debian's Python with PyTorch, where it is installed: the oracle of what checkpoints and logits must be.</summary>
internal static class Torch
{
    private const string Python = "/usr/bin/python3";

    public static bool IsInstalled { get; } = Probe();

    /// <summary>Runs a script; its output, or an exception with its error stream.</summary>
    public static string Run(params string[] arguments)
    {
        ProcessStartInfo start = new(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("Python did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(errors.GetAwaiter().GetResult());
    }

    private static bool Probe()
    {
        try
        {
            return File.Exists(Python) && Run("-c", "import torch, torchvision") is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
