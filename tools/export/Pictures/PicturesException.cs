namespace Export.Pictures;

/// <summary>A folder of pictures cannot be used; the message says what is missing.</summary>
public sealed class PicturesException(string message, Exception? inner = null) : Exception(message, inner);
