using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>One run of a Loop: turn by turn, carried values in two places in turn, elements written where they belong.</summary>
internal sealed class LoopRun
{
    private readonly Loop loop;
    private readonly BodyRun run;
    private readonly Value[] arguments;
    private readonly Value[] next;
    private readonly Value?[] free;
    private readonly ElementStack?[] stacks;

    public LoopRun(Loop loop, BodyRun run)
    {
        (this.loop, this.run) = (loop, run);
        arguments = new Value[loop.Body.Inputs.Count];
        arguments[0] = Value.Of(0L);
        arguments[1] = run.Has(1) ? Value.Of(true).Reshape(run[1].Sizes) : Value.Of(true);
        for (int i = Loop.First; i < arguments.Length; i++)
            arguments[i] = run[i];
        next = new Value[loop.Body.Outputs.Count];
        free = new Value?[loop.Carried];
        stacks = [.. Enumerable.Range(loop.Carried, loop.Outputs + loop.Kept.Count).Select(k => run.Wants(k) ? new ElementStack(loop, k, run.Results[k], run.Limits.Elements) : null)];
    }

    public void Run()
    {
        long most = run.Has(0) ? run[0].Span<long>()[0] : long.MaxValue, turn = 0;
        bool goesOn = !run.Has(1) || run[1].Span<bool>()[0];
        for (; goesOn && turn < most; turn++)
        {
            if (turn == run.Limits.Turns)
                throw new SizeException($"Expected up to {run.Limits.Turns} turns of {loop.Name}, found more.");
            arguments[0].Span<long>()[0] = turn;
            Turn(isFirst: turn == 0);
            goesOn = !run.Has(1) || next[0].Span<bool>()[0];
        }

        for (int k = 0; k < stacks.Length; k++)
        {
            TensorType type = k < loop.Outputs ? loop.Body.Outputs[1 + loop.Carried + k].Type : loop.Body.Inputs[Loop.First + loop.Kept[k - loop.Outputs]].Type;
            if (stacks[k] is { } stack)
                run.Give(loop.Carried + k, stack.Whole ?? Value.Zeros(type.DType, [0, .. run.SizesOf(loop.Body, type.Shape, arguments)]));
        }

        for (int i = 0; i < loop.Carried; i++)
        {
            if (turn > 0)
                run.Give(i, arguments[Loop.First + i]);
            else
                run.Set(i, arguments[Loop.First + i]);
        }
    }

    private void Turn(bool isFirst)
    {
        for (int j = 0; j < loop.Kept.Count; j++)
            stacks[loop.Outputs + j]?.Add(arguments[Loop.First + loop.Kept[j]]);
        for (int i = 0; i < loop.Carried; i++)
            next[1 + i] = free[i]!;
        var places = new Value?[loop.Outputs];
        for (int k = 0; k < places.Length; k++)
        {
            if (stacks[k] is { } stack)
                next[1 + loop.Carried + k] = (places[k] = stack.Place)!;
        }

        run.Run(loop.Body, arguments, next);
        for (int k = 0; k < places.Length; k++)
            stacks[k]?.Add(next[1 + loop.Carried + k], places[k]);
        for (int i = 0; i < loop.Carried; i++)
        {
            (Value before, Value after) = (arguments[Loop.First + i], next[1 + i]);
            if (loop.Kept.Contains(i) && !after.Sizes.SequenceEqual(before.Sizes))
                throw new ShapeException($"{loop.Name} expects a carried value that keeps its type, found value {i} of type {before}, which turn {arguments[0].Span<long>()[0]} makes {after}.");

            // What the value was is free to be written over, unless it is an input of the node.
            free[i] = isFirst ? null : before;
            arguments[Loop.First + i] = after;
        }
    }
}
