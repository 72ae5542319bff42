namespace Deploy.Tests;

/// <summary>Tests that need the machine to themselves: probes time out while an image is built beside them.</summary>
[CollectionDefinition(Whole, DisableParallelization = true)]
public sealed class Machine
{
    public const string Whole = "whole machine";
}
