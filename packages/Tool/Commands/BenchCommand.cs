using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tool.Benchmarks;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Commands;

/// <summary>Times a model in the engine and in ONNX Runtime.</summary>
internal sealed class BenchCommand : ToolCommand
{
    private readonly Argument<string> model = new("model") { Description = "The .onnx file, of any program whose operators the engine has." };
    private readonly Option<int> rows = new("--rows") { Description = "The rows of a batch, where the model leaves their number open.", DefaultValueFactory = _ => 64 };
    private readonly Option<string[]> size = new("--size") { Description = "Other sizes that the model leaves open, as NAME=NUMBER.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> threads = new("--threads") { Description = "The threads of both; default: the number of processors.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly Option<double> seconds = new("--seconds") { Description = "How long each is timed, in seconds.", DefaultValueFactory = _ => 2 };

    public BenchCommand()
        : base("bench", "Times a model in this engine and in ONNX Runtime, in turns, on this machine, and compares what they give.")
    {
        Option[] options = [rows, size, threads, seconds];
        Add(model);
        Array.ForEach(options, Add);
        Require(rows, value => value >= 1, "at least 1");
        Require(threads, value => value >= 1, "at least 1");
        Require(seconds, value => value > 0 && double.IsFinite(value), "above 0");
    }

    protected override Report Run(ParseResult arguments, Progress progress, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(model);
        int count = arguments.GetValue(threads);
        Signature computation = OnnxModel.Load(path, cancellation: cancellation).Inference;
        using OnnxSession session = OnnxSession.Load(path, new ServingOptions { IntraOpThreads = count });
        (Value[] values, Dictionary<string, int> sizes) = MadeInputs.Of(session.Inputs, arguments.GetValue(rows), arguments.GetValue(size) ?? []);
        using SessionBuffers buffers = session.CreateBuffers(sizes);
        foreach ((Value buffer, Value value) in buffers.Inputs.Zip(values))
            buffer.CopyFrom(value);
        Value[] ordered = [.. computation.Inputs.Select(input => values[session.Inputs.ToList().FindIndex(served => served.Name == input.Name)])];
        Function function = Function.Compile(computation, new ExecutionOptions { Threads = count, FixedParameters = true }, cancellation);
        Value[] own = function.Run(ordered, cancellation);
        buffers.Run();
        double difference = session.Outputs.Select((output, i) => Largest(own[computation.Outputs.ToList().FindIndex(each => each.Name == output.Name)], buffers.Outputs[i])).Max();
        progress.Show("timing");
        (double engine, double runtime) = Alternation.Rates(() => function.RunInto(ordered, own), buffers.Run, arguments.GetValue(seconds), cancellation);
        int batch = ordered is [{ Rank: > 0 } first, ..] ? first.Sizes[0] : 1;
        return new JsonObject
        {
            ["processor"] = $"{RuntimeInformation.ProcessArchitecture}, vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits",
            ["threads"] = count,
            ["rowsOfABatch"] = batch,
            ["rowsPerSecond"] = engine * batch,
            ["rowsPerSecondOfOnnxRuntime"] = runtime * batch,
            ["ratio"] = engine / runtime,
            ["largestDifference"] = difference,
        };
    }

    /// <summary>The largest difference, relative to the number or to the root mean square of all, whichever is greater.</summary>
    private static double Largest(Value found, Value expected)
    {
        if (!expected.DType.IsFloating())
            return found.BitEquals(expected) ? 0 : double.PositiveInfinity;
        double mean = Math.Sqrt(Enumerable.Range(0, expected.Count).Sum(i => expected[i] * expected[i] / expected.Count));
        return Enumerable.Range(0, expected.Count).Select(i => found[i] == expected[i] ? 0 : Math.Abs(found[i] - expected[i]) / Math.Max(Math.Abs(expected[i]), mean)).DefaultIfEmpty(0).Max();
    }
}
