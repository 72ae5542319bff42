using Engine.Benchmarks;

// What the engine costs, and which arrangement of sessions, threads and batches suits this machine.
switch (args)
{
    case ["overhead", .. var rest]:
        await OverheadBenchmark.RunAsync(images: rest is [var count] ? int.Parse(count) : 200_000);
        return 0;
    case ["sessions", var model, .. var rest]:
        SessionsBenchmark.Run(model, seconds: rest is [var time, ..] ? double.Parse(time) : 2);
        return 0;
    case ["coldstart", var model]:
        ColdStartBenchmark.Run(model);
        return 0;
    default:
        Console.Error.WriteLine("usage: overhead [IMAGES] | sessions MODEL.onnx [SECONDS] | coldstart MODEL.onnx");
        return 2;
}
