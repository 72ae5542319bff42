namespace Imaging.Tests.Decoding;

/// <summary>The same tests where libvips decodes JPEGs, whatever is installed.</summary>
public sealed class InvalidImageWithLibvipsTests() : InvalidImageTests(useTurboJpeg: false);
