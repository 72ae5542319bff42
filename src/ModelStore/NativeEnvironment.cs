using System.Runtime.InteropServices;

namespace ModelStore;

/// <summary>Environment variables as native libraries see them: on Unix .NET keeps a copy of its own, which they never read.</summary>
public static partial class NativeEnvironment
{
    /// <summary>
    /// ONNX Runtime's Linux builds send usage data to their maker unless told not to before they are loaded, and to find an id for the
    /// machine they start a shell, which crashes the process where there is none. A service that is asked about pictures tells nobody.
    /// </summary>
    public static void DisableOnnxRuntimeTelemetry() => Set("ORT_DISABLE_TELEMETRY", "1");

    private static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows() && SetNative(name, value, overwrite: 1) != 0)
            throw new InvalidOperationException($"The environment variable {name} could not be set.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
