using System.Runtime.InteropServices;

namespace InferenceApi.Runtime;

/// <summary>ONNX Runtime's usage data. The export tool, which runs networks too, compiles this file as well.</summary>
internal static partial class OnnxTelemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>
    /// Call it before the library is loaded. Its Linux builds send usage data to their maker unless this variable is set, and 1.29, which
    /// the flavour with CUDA has, starts a shell to find an id for the machine and crashes the process where there is no shell.
    /// </summary>
    public static void Disable()
    {
        Environment.SetEnvironmentVariable(Variable, "1");
        // On Unix .NET keeps a copy of the environment of its own, which native libraries never read.
        if (!OperatingSystem.IsWindows() && SetNative(Variable, "1", overwrite: 1) != 0)
            throw new InvalidOperationException($"The environment variable {Variable} could not be set.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
