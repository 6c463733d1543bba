using System.Diagnostics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>One step of a plan.</summary>
internal abstract class PlanStep
{
    /// <summary>The values that the step reads, null where an input is left out; entries that are inputs of the function are replaced before each run.</summary>
    public required Value[] Inputs { get; init; }

    /// <summary>The values that the step writes; null where nobody reads a result.</summary>
    public required Value[] Outputs { get; init; }

    /// <summary>What the step does, for profiles and messages.</summary>
    public required string Name { get; init; }

    /// <summary>Where the step comes from; null where nobody has said.</summary>
    public Origin? Origin { get; init; }

    /// <summary>The floating-point operations of one run.</summary>
    public abstract long Flops { get; }

    public abstract void Run(Workers workers);
}

/// <summary>The kernel of one operation.</summary>
internal sealed class KernelStep(Kernel kernel) : PlanStep
{
    public override long Flops => kernel.Flops;

    public override void Run(Workers workers) => kernel.Run(new KernelArguments(Inputs, Outputs, workers));
}

/// <summary>A chain of elementwise operations.</summary>
internal sealed class ElementwiseStep(ElementwiseProgram program) : PlanStep
{
    public override long Flops => program.Flops;

    public override void Run(Workers workers) => program.Run(workers);
}

/// <summary>A value that a run's caller provides, at one place of one step.</summary>
internal readonly record struct InputPlace(Value[] Values, int Index, int Input);

/// <summary>A new value that is copied into its parameter after all steps.</summary>
internal readonly record struct Commit(Value NewValue, Parameter Parameter);

/// <summary>A function made ready for one set of input sizes: steps over one block of memory. Running it allocates nothing.</summary>
internal sealed class Plan
{
    public required PlanStep[] Steps { get; init; }

    public required InputPlace[] InputPlaces { get; init; }

    /// <summary>The value of each output after the steps; null where it is an input of the function, whose position is in <see cref="OutputInputs"/>.</summary>
    public required Value?[] Outputs { get; init; }

    /// <summary>For outputs that are inputs of the function, the input's position; −1 otherwise.</summary>
    public required int[] OutputInputs { get; init; }

    public required Commit[] Commits { get; init; }

    public required long ArenaBytes { get; init; }

    private readonly int[][] inputSizes = [];

    public required int[][] InputSizes
    {
        get => inputSizes;
        init => inputSizes = value;
    }

    /// <summary>Whether the plan was made for values of these sizes; element types are checked as well.</summary>
    public bool Fits(ReadOnlySpan<Value> inputs, IReadOnlyList<Variable> variables)
    {
        if (inputs.Length != inputSizes.Length)
        {
            return false;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].DType != variables[i].DType || !inputs[i].Sizes.SequenceEqual(inputSizes[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Runs the plan.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">Places for the outputs.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="marks">Receives the time before the first step and after each; empty if nobody asks.</param>
    public void Run(ReadOnlySpan<Value> inputs, Span<Value> outputs, Workers workers, Span<long> marks = default)
    {
        foreach (InputPlace place in InputPlaces)
        {
            place.Values[place.Index] = inputs[place.Input];
        }

        RunSteps(workers, marks);

        for (int i = 0; i < outputs.Length; i++)
        {
            Value result = Outputs[i] ?? inputs[OutputInputs[i]];
            if (outputs[i] is null || outputs[i].DType != result.DType || !outputs[i].Sizes.SequenceEqual(result.Sizes))
            {
                outputs[i] = Value.Zeros(result.DType, result.Sizes);
            }

            outputs[i].CopyFrom(result);
        }

        foreach (Commit commit in Commits)
        {
            commit.Parameter.Value.CopyFrom(commit.NewValue);
        }

        // The addresses that the steps use are valid while the plan is reachable.
        GC.KeepAlive(this);
    }

    private void RunSteps(Workers workers, Span<long> marks)
    {
        int i = 0;
        try
        {
            if (!marks.IsEmpty)
            {
                marks[0] = Stopwatch.GetTimestamp();
            }

            for (; i < Steps.Length; i++)
            {
                Steps[i].Run(workers);
                if (!marks.IsEmpty)
                {
                    marks[i + 1] = Stopwatch.GetTimestamp();
                }
            }
        }
        catch (ToolkitException e) when (Steps[i].Origin is not null)
        {
            e.Locate(Steps[i].Origin!.ToString());
            throw;
        }
    }
}
