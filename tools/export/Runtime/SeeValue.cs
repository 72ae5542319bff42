namespace Export.Runtime;

/// <summary>Is shown a value of a run.</summary>
/// <param name="index">Position among the values that were asked for.</param>
/// <param name="numbers">Valid during the call only.</param>
internal delegate void SeeValue(int index, ReadOnlySpan<float> numbers);
