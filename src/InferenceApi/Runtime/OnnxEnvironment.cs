using Microsoft.ML.OnnxRuntime;

namespace InferenceApi.Runtime;

/// <summary>
/// ONNX Runtime's process-wide environment: its log goes to ours, and all models share one arena for activations, because with few
/// compute slots only few models use activations at once.
/// </summary>
public static partial class OnnxEnvironment
{
    private static readonly Lock Gate = new();

    // The native side calls these for the life of the process; a field keeps them from being collected.
    private static DOrtLoggingFunction? _bridge;
    private static ILogger? _logger;
    private static bool _arenaRegistered;

    /// <summary>
    /// Creates the environment, or does nothing where it exists (several hosts share a process in tests; the last one gets the log).
    /// </summary>
    public static void EnsureCreated(ILogger logger)
    {
        lock (Gate)
        {
            _logger = logger;
            if (!OrtEnv.IsCreated)
            {
                OnnxTelemetry.Disable();
                _bridge = Write;
                var options = new EnvironmentCreationOptions
                {
                    logId = "onnxruntime",
                    logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
                    loggingFunction = _bridge,
                };
                OrtEnv.CreateInstanceWithOptions(ref options);
                OrtEnv.Instance().DisableTelemetryEvents();
            }

            RegisterArena();
        }
    }

    private static void RegisterArena()
    {
        if (_arenaRegistered) return;
        // 0 = no limit; 1 = extend by what is asked for, where the default doubles and never shrinks; -1 = ONNX Runtime's default.
        using var arena = new OrtArenaCfg(0, 1, -1, -1);
        // Asked for as an arena: the default instance would register the plain allocator, and every run would map its activations anew
        // (ResNet-50: 1,772 page faults, a tenth of the run).
        using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        OrtEnv.Instance().CreateAndRegisterAllocator(memory, arena);
        _arenaRegistered = true;
    }

    private static void Write(
        IntPtr parameter, OrtLoggingLevel severity, string category, string logId, string codeLocation, string message)
    {
        if (_logger is not { } logger) return;
        try
        {
            if (severity >= OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR) Log.NativeError(logger, message, codeLocation);
            else Log.NativeWarning(logger, message, codeLocation);
        }
#pragma warning disable CA1031 // The caller is native: an exception (a log closed by a stopping host) would end the process.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Warning, "ONNX Runtime: {Message} ({Location})")]
        public static partial void NativeWarning(ILogger logger, string message, string location);

        [LoggerMessage(4002, LogLevel.Error, "ONNX Runtime: {Message} ({Location})")]
        public static partial void NativeError(ILogger logger, string message, string location);
    }
}
