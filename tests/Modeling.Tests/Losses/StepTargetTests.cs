using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Losses;

/// <summary>Losses by name whose target is a sequence, [batch, time] or [batch, time, 2], against plain loops: each step is an example, and padding is none.</summary>
public sealed class StepTargetTests
{
    private const int Examples = 3, Time = 4;

    private static readonly long[] Lengths = [3, 1, 4];

    // Behind the end of a sequence may be anything.
    private static readonly float[] Prediction = [1, 2, 0.5f, float.NaN, 3, float.PositiveInfinity, 1e30f, 9, -1, 0.25f, 2, 5];
    private static readonly float[] Target = [0, 2.5f, 1, 7, 1, 7, 7, 7, 1, 1, -1, 4];

    // Weights of sequences, and of their steps; that of an example counts besides.
    private static readonly double[] OfSequences = [0.5, 3, 0.25], OfSteps = [1, 0, 2, 50, 0.5, 50, 50, 50, 0.25, 4, 1, 3];
    private static readonly float[] OfExamples = [2, 0.5f, 1];

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData("sequences", false)]
    [InlineData("sequences", true)]
    [InlineData("steps", false)]
    [InlineData("steps", true)]
    public void Steps_of_a_target_without_further_axes_count_by_their_weights(string? weight, bool ofExamples)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
            Assert.Equal(Expected(weight, ofExamples, 1), Found(weight, ofExamples, type), 1e-6);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("sequences", true)]
    [InlineData("steps", true)]
    public void So_do_those_of_a_target_with_an_axis_of_numbers(string? weight, bool ofExamples)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
            Assert.Equal(Expected(weight, ofExamples, 2), Found(weight, ofExamples, type, 2), 1e-6);
    }

    /// <summary>Σ w·m·(p − t)²/Σ w·m over the steps that are there. Of two numbers, the second one is twice the first in prediction and target.</summary>
    private static double Expected(string? weight, bool ofExamples, int numbers)
    {
        double sum = 0, count = 0;
        for (int i = 0; i < Examples; i++)
        {
            for (int t = 0; t < Lengths[i]; t++)
            {
                int at = (i * Time) + t;
                double counts = (weight == "sequences" ? OfSequences[i] : weight == "steps" ? OfSteps[at] : 1) * (ofExamples ? OfExamples[i] : 1);
                double square = Math.Pow(Prediction[at] - (double)Target[at], 2);
                sum += counts * (numbers == 1 ? square : (square + (4 * square)) / 2);
                count += counts;
            }
        }

        return sum / count;
    }

    private static double Found(string? weight, bool ofExamples, DType type, int numbers = 1)
    {
        Shape steps = ["time"], all = numbers == 1 ? steps : ["time", numbers];
        Field[] fields =
        [
            new("x", DType.Float32, all), new("y", DType.Float32, all), new("sequences", type, Shape.Scalar), new("steps", type, steps),
            .. ofExamples ? [new Field("weight", DType.Float32, Shape.Scalar)] : Array.Empty<Field>(),
        ];
        var examples = new ExampleSymbols(fields);
        Loss loss = new MeanSquaredError { Output = "p", Target = "y", Weight = weight };
        Variable mean = loss.Mean(new Named(("p", examples.Fields["x"])), examples.Fields, examples);
        Function function = Function.Compile(examples.All, [mean], null, new ExecutionOptions { Threads = 1 });
        Value[] values =
        [
            Numbers(Prediction), Numbers(Target), Weights(OfSequences, Examples), Weights(OfSteps, Examples, Time), .. ofExamples ? [Value.Of(OfExamples, Examples)] : Array.Empty<Value>(),
            Value.Of(Lengths, Examples),
        ];
        return Run.Numbers(function.Run(values)[0])[0];

        Value Numbers(float[] content) => numbers == 1 ? Value.Of(content, Examples, Time)
            : Value.Of([.. content.SelectMany(x => new[] { x, 2 * x })], Examples, Time, numbers);

        Value Weights(double[] content, params int[] sizes) => type == DType.Float64 ? Value.Of(content, sizes) : Value.Of([.. content.Select(x => (float)x)], sizes);
    }
}
