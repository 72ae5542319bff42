using Export.Architectures;
using Export.Tests.Writers;
using Export.Weights;

// export.sh calls this: FILE ARCHITECTURE, a checkpoint of synthetic weights in the layout of the published files.
ResNetArchitecture architecture = ResNetNames.Find(args[1], 1000) ?? throw new ArgumentException($"'{args[1]}' is not an architecture.");
NetworkFile.WriteLegacy(args[0], [.. architecture.Tensors], new SyntheticWeights(architecture, 1));
Console.WriteLine($"wrote   {new FileInfo(args[0]).Length:N0} bytes");
