namespace InferenceApi.Tests.Telemetry;

/// <summary>Listeners see the whole process, so tests that add one or count on there being none do not run beside others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TracingCollection
{
    public const string Name = "Tracing";
}
