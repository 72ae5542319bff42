namespace Benchmarks.Load.Scenarios;

/// <summary>A server that can be measured: ours, or one that a user would pick instead.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Port">Its own, so that several can be up at once.</param>
/// <param name="Command">The command that serves a model.</param>
internal sealed record Contender(string Name, int Port, Func<string, IReadOnlyList<string>> Command);
