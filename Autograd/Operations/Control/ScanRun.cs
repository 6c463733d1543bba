using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>One run of a Scan: turn by turn, states in two places in turn, elements written where they belong.</summary>
internal sealed class ScanRun
{
    private readonly Scan scan;
    private readonly BodyRun run;
    private readonly int turns;
    private readonly Value[] arguments;
    private readonly Value[] next;
    private readonly Value?[] free;

    public ScanRun(Scan scan, BodyRun run)
    {
        (this.scan, this.run) = (scan, run);
        turns = run[scan.States].Sizes[0];
        for (int i = scan.States; i < scan.Own; i++)
        {
            if (run[i].Sizes[0] != turns)
                throw new ShapeException($"{scan.Name} expects scanned inputs of one length, found {turns} and {run[i].Sizes[0]}.");
        }

        arguments = new Value[run.Length];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = run[i];
        next = new Value[scan.StandardResults];
        free = new Value?[scan.States];
    }

    public void Run()
    {
        for (int turn = 0; turn < turns; turn++)
            Turn(turn);
        for (int i = 0; i < scan.States; i++)
        {
            if (!ReferenceEquals(arguments[i], run.Results[i]))
                run.Set(i, arguments[i]);
        }

        // Without a turn there is nothing in the outputs, and sizes that the turns would have told are 0.
        for (int k = 0; turns == 0 && k < scan.OutputDirections.Count; k++)
        {
            TensorType type = scan.Body.Outputs[scan.States + k].Type;
            if (run.Wants(scan.States + k) && run.Results[scan.States + k] is null)
                run.Place(scan.States + k, type.DType, [0, .. run.SizesOf(scan.Body, type.Shape, arguments)]);
        }
    }

    private void Turn(int turn)
    {
        for (int i = 0; i < scan.States; i++)
        {
            int before = scan.StandardResults + i;
            if (run.Wants(before))
                run.Place(before, arguments[i].DType, [turns, .. arguments[i].Sizes]).At(turn).CopyFrom(arguments[i]);
            next[i] = (turn == turns - 1 ? run.Results[i] : null) ?? free[i]!;
        }

        for (int m = 0; m < scan.InputDirections.Count; m++)
            arguments[scan.States + m] = run[scan.States + m].At(Place(turn, scan.InputDirections[m]));
        for (int k = 0; k < scan.OutputDirections.Count; k++)
            next[scan.States + k] = run.Results[scan.States + k]?.At(Place(turn, scan.OutputDirections[k]))!;

        Value[] places = [.. next];
        run.Run(scan.Body, arguments, next);
        for (int k = scan.States; k < next.Length; k++)
            Keep(k, turn, places[k]);
        for (int i = 0; i < scan.States; i++)
        {
            if (!next[i].Sizes.SequenceEqual(arguments[i].Sizes))
                throw new ShapeException($"{scan.Name} expects a state that keeps its type, found state {i} of type {arguments[i]}, which turn {turn} makes {next[i]}.");

            // What the state was is free to be written over, unless it is an input of the node.
            free[i] = turn == 0 ? null : arguments[i];
            arguments[i] = next[i];
        }
    }

    /// <summary>An element that the body could not write where it belongs, because the place was not known.</summary>
    private void Keep(int output, int turn, Value? place)
    {
        Value element = next[output];
        if (!run.Wants(output) || ReferenceEquals(element, place))
            return;
        run.Place(output, element.DType, [turns, .. element.Sizes]).At(Place(turn, scan.OutputDirections[output - scan.States])).CopyFrom(element);
    }

    private int Place(int turn, int direction) => direction == 0 ? turn : turns - 1 - turn;
}
