namespace InferenceApi.Tests.Architecture.Sample.Top;

/// <summary>Uses what lies below.</summary>
internal sealed class Driver
{
    public Middle.Car? Car { get; init; }
}
