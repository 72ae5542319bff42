using System.Runtime.InteropServices;

namespace ModelStore.Tests;

public sealed partial class NativeEnvironmentTests
{
    [Fact]
    public void DisableOnnxRuntimeTelemetry_IsSeenByNativeCode()
    {
        if (OperatingSystem.IsWindows()) return;
        NativeEnvironment.DisableOnnxRuntimeTelemetry();
        Assert.Equal("1", Marshal.PtrToStringUTF8(GetNative("ORT_DISABLE_TELEMETRY")));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetNative(string name);
}
