using Benchmarks.Ceilings;

namespace Benchmarks.Load.Scenarios;

/// <summary>Figures taken within the same minute, to be compared with each other only.</summary>
internal sealed record SaturationRound(CeilingFigures Ceilings, IReadOnlyDictionary<string, ContenderRound> Contenders);
