namespace InferenceApi.Tests.Architecture.Sample.Bottom;

/// <summary>Uses the folder above it, in a lambda only.</summary>
internal sealed class Engine
{
    public static Func<object> Driver => () => new Top.Driver();
}
