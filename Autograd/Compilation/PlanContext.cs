using System.Diagnostics;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>The memory of one run of a plan. Running in it allocates nothing.</summary>
internal sealed class PlanContext
{
    // Less is copied faster than it is looked for in what else a run uses.
    private const long LeastDirectBytes = 1 << 16;

    private readonly Plan plan;
    private readonly Value[] values;
    private readonly Value[] ownOutputs;

    /// <param name="plan">The plan.</param>
    /// <param name="arena">At least as many bytes as it needs. Every step writes all of what it puts out, so they may hold anything.</param>
    public PlanContext(Plan plan, Storage arena)
    {
        this.plan = plan;
        Program program = plan.Program;
        Place[] places = program.Places;
        values = new Value[places.Length];
        for (int i = 0; i < values.Length; i++)
        {
            Place place = places[i];
            int[] sizes = plan.Sizes[place.Shape];
            values[i] = place.Kind switch
            {
                // Before the first run a value stands in for the caller's, so that kernels can be chosen.
                PlaceKind.Input => new Value(place.Type, sizes, arena, 0),
                PlaceKind.Fixed => place.Value!,
                PlaceKind.Early => plan.Early[i]!,
                PlaceKind.Buffer => new Value(place.Type, sizes, arena, plan.Offsets[place.Source]),
                _ => values[place.Source].Reshape(sizes),
            };
        }

        Inputs = new Value[program.Steps.Length][];
        Outputs = new Value[program.Steps.Length][];
        for (int i = 0; i < Inputs.Length; i++)
        {
            Inputs[i] = At(program.Steps[i].Inputs);
            Outputs[i] = At(program.Steps[i].Outputs);
        }

        ownOutputs = Array.ConvertAll(program.DirectOutputs, output => values[output.Place]);
    }

    /// <summary>The values that each step reads, null where an input is left out.</summary>
    public Value[][] Inputs { get; }

    /// <summary>The values that each step writes, null where nobody reads a result.</summary>
    public Value[][] Outputs { get; }

    /// <summary>Runs the plan. Large outputs are written where they are to be, and others copied there.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">Places for the outputs.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="cancellation">Ends the run between two steps, as long as no parameter has changed.</param>
    /// <param name="record">Receives the steps; null if nobody asks.</param>
    public void Run(ReadOnlySpan<Value> inputs, Span<Value> outputs, Workers workers, RunRecord? record, CancellationToken cancellation)
    {
        inputs.CopyTo(values);
        foreach (InputArgument argument in plan.Program.InputArguments)
        {
            Inputs[argument.Step][argument.Index] = inputs[argument.Input];
        }

        Program program = plan.Program;
        PrepareOutputs(outputs);
        try
        {
            BindOutputs(inputs, outputs);
            RunSteps(0, program.FirstInPlace, workers, record, cancellation);
            cancellation.ThrowIfCancellationRequested();

            // Whatever fails has failed before here, and no parameter has changed.
            RunSteps(program.FirstInPlace, program.Steps.Length, workers, record, CancellationToken.None);
            for (int i = 0; i < outputs.Length; i++)
            {
                if (!ReferenceEquals(outputs[i], values[program.Outputs[i]]))
                    outputs[i].CopyFrom(values[program.Outputs[i]]);
            }

            foreach (Commit commit in program.Commits)
            {
                commit.Parameter.Value.CopyFrom(values[commit.NewValue]);
            }
        }
        finally
        {
            ReleaseOutputs();
        }

        // The addresses that the steps use are valid while the context is reachable.
        GC.KeepAlive(this);
    }

    private Value[] At(int[] places)
    {
        var found = new Value[places.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = places[i] < 0 ? null! : values[places[i]];
        }

        return found;
    }

    private void PrepareOutputs(Span<Value> outputs)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            Value result = values[plan.Program.Outputs[i]];
            if (outputs[i] is null || outputs[i].DType != result.DType || !outputs[i].Sizes.SequenceEqual(result.Sizes))
            {
                outputs[i] = Value.Zeros(result.DType, result.Sizes);
            }
        }
    }

    private void BindOutputs(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs)
    {
        foreach (DirectOutput output in plan.Program.DirectOutputs)
        {
            Value target = outputs[output.Output];
            if (target.ByteCount >= LeastDirectBytes && !IsUsed(target, inputs, outputs))
                Bind(output, target);
        }
    }

    /// <summary>Whether anything else that a run reads or writes lies in the memory of an output: what is read would be overwritten too early.</summary>
    private bool IsUsed(Value target, ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs)
    {
        int own = 0;
        foreach (Value output in outputs)
        {
            if (output.Overlaps(target) && (!ReferenceEquals(output, target) || own++ > 0))
                return true;
        }

        foreach (Value input in inputs)
        {
            if (input.Overlaps(target))
                return true;
        }

        foreach (Value known in plan.Program.FixedValues)
        {
            if (known.Overlaps(target))
                return true;
        }

        return false;
    }

    private void ReleaseOutputs()
    {
        for (int i = 0; i < ownOutputs.Length; i++)
        {
            DirectOutput output = plan.Program.DirectOutputs[i];
            if (!ReferenceEquals(values[output.Place], ownOutputs[i]))
                Bind(output, ownOutputs[i]);
        }
    }

    private void Bind(DirectOutput output, Value value)
    {
        values[output.Place] = value;
        Outputs[output.Writer.Step][output.Writer.Index] = value;
        foreach ((int step, int index) in output.Readers)
        {
            Inputs[step][index] = value;
        }
    }

    private void RunSteps(int first, int end, Workers workers, RunRecord? record, CancellationToken cancellation)
    {
        Kernel[] kernels = plan.Kernels;
        int i = first;
        try
        {
            for (; i < end; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                long begin = record is null ? 0 : Stopwatch.GetTimestamp();
                kernels[i].Run(new KernelArguments(Inputs[i], Outputs[i], workers, cancellation));
                record?.Add(plan.Program.Steps[i].Name, plan.Program.Steps[i].Origin, Inputs[i], Outputs[i], kernels[i].Flops, begin);
            }
        }
        catch (ToolkitException e) when (plan.Program.Steps[i].Origin is not null)
        {
            e.Locate(plan.Program.Steps[i].Origin!.ToString());
            throw;
        }
    }
}
