using System.Runtime.InteropServices;
using InferenceApi.Runtime;

namespace InferenceApi.Tests.Runtime;

public sealed partial class OnnxTelemetryTests
{
    [Fact]
    public void Disable_IsSeenByNativeCode()
    {
        if (OperatingSystem.IsWindows()) return;
        OnnxTelemetry.Disable();
        Assert.Equal("1", Marshal.PtrToStringUTF8(GetNative("ORT_DISABLE_TELEMETRY")));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetNative(string name);
}
