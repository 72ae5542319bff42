namespace InferenceApi.Tests.Architecture.Sample.Middle;

/// <summary>Names what it must not by full names, in bodies only, and without a using line.</summary>
internal sealed class Car
{
    public static object Start() => new Bottom.Engine();

    public static bool HasOnnxRuntime() => Microsoft.ML.OnnxRuntime.OrtEnv.IsCreated;

    public static object Http() => new Microsoft.AspNetCore.Http.DefaultHttpContext();
}
