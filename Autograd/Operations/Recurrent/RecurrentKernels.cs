using System.Numerics;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>The kernels of recurrent operators with the usual attributes, and of their gradients.</summary>
internal static unsafe class RecurrentKernels
{
    public static Kernel Forward(RecurrentOperation operation, LowerRequest request)
    {
        RecurrentLayout layout = Layout(operation, request);
        return operation switch
        {
            LSTM => Forward<LstmCell>(operation, layout, request),
            GRU { LinearBeforeReset: false } => Forward<ResetGruCell>(operation, layout, request),
            GRU => Forward<GruCell>(operation, layout, request),
            RNN { IsRectified: true } => Forward<SimpleCell<RecurrentRelu>>(operation, layout, request),
            _ => Forward<SimpleCell<RecurrentTanh>>(operation, layout, request),
        };
    }

    public static Kernel Backward(RecurrentGradient gradient, LowerRequest request)
    {
        RecurrentLayout layout = Layout(gradient.Forward, request);
        return gradient.Forward switch
        {
            LSTM => Backward<LstmCell>(gradient, layout, request),
            GRU { LinearBeforeReset: false } => Backward<ResetGruCell>(gradient, layout, request),
            GRU => Backward<GruCell>(gradient, layout, request),
            RNN { IsRectified: true } => Backward<SimpleCell<RecurrentRelu>>(gradient, layout, request),
            _ => Backward<SimpleCell<RecurrentTanh>>(gradient, layout, request),
        };
    }

    private static Kernel Forward<TCell>(RecurrentOperation operation, RecurrentLayout layout, LowerRequest request)
        where TCell : struct, IRecurrentCell => request.Floating(
            request.Type(0),
            arguments => RecurrentPass.Forward<float, TCell>(Pointers<float>(operation, layout, arguments), arguments.Workers),
            arguments => RecurrentPass.Forward<double, TCell>(Pointers<double>(operation, layout, arguments), arguments.Workers),
            Flops(operation, layout));

    private static Kernel Backward<TCell>(RecurrentGradient gradient, RecurrentLayout layout, LowerRequest request)
        where TCell : struct, IRecurrentCell => request.Floating(
            request.Type(0),
            arguments => RecurrentPass.Backward<float, TCell>(Pointers<float>(gradient, layout, arguments), arguments.Workers),
            arguments => RecurrentPass.Backward<double, TCell>(Pointers<double>(gradient, layout, arguments), arguments.Workers),
            2 * Flops(gradient.Forward, layout));

    private static RecurrentPointers<T> Pointers<T>(RecurrentOperation operation, RecurrentLayout layout, KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        RecurrentPointers<T> pointers = Inputs<T>(operation, layout, arguments);
        pointers.Result = At<T>(arguments.Outputs, 0);
        pointers.LastState = At<T>(arguments.Outputs, 1);
        pointers.LastCell = operation.States == 2 ? At<T>(arguments.Outputs, 2) : null;
        pointers.Kept = operation.Kept > 0 ? At<T>(arguments.Outputs, operation.StandardResults) : null;
        return pointers;
    }

    private static RecurrentPointers<T> Pointers<T>(RecurrentGradient gradient, RecurrentLayout layout, KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        RecurrentPointers<T> pointers = Inputs<T>(gradient.Forward, layout, arguments);
        bool hasCell = gradient.Forward.States == 2;
        pointers.Result = At<T>(arguments.Inputs, gradient.Result);
        pointers.Kept = At<T>(arguments.Inputs, gradient.Kept);
        pointers.OfResult = At<T>(arguments.Inputs, gradient.Gradients);
        pointers.OfLastState = At<T>(arguments.Inputs, gradient.Gradients + 1);
        pointers.OfLastCell = hasCell ? At<T>(arguments.Inputs, gradient.Gradients + 2) : null;
        for (int i = 0; i < gradient.Wanted.Count; i++)
        {
            T* place = At<T>(arguments.Outputs, i);
            switch (gradient.Wanted[i])
            {
                case 0: pointers.OfX = place; break;
                case 1: pointers.OfInputWeights = place; break;
                case 2: pointers.OfRecurrentWeights = place; break;
                case 3: pointers.OfBias = place; break;
                case 5: pointers.OfInitialState = place; break;
                case 6: pointers.OfInitialCell = place; break;
                default: throw new GraphException($"{gradient.Name} expects inputs with a gradient, found the one at position {gradient.Wanted[i]}.");
            }
        }

        return pointers;
    }

    private static RecurrentPointers<T> Inputs<T>(RecurrentOperation operation, RecurrentLayout layout, KernelArguments arguments)
        where T : unmanaged, INumber<T> => new()
        {
            Layout = layout,
            X = At<T>(arguments.Inputs, 0),
            InputWeights = At<T>(arguments.Inputs, 1),
            RecurrentWeights = At<T>(arguments.Inputs, 2),
            Bias = At<T>(arguments.Inputs, 3),
            Lengths = At<int>(arguments.Inputs, 4),
            InitialState = At<T>(arguments.Inputs, 5),
            InitialCell = operation.States == 2 ? At<T>(arguments.Inputs, 6) : null,
        };

    private static T* At<T>(ReadOnlySpan<Value> values, int position)
        where T : unmanaged => position < values.Length && values[position] is { } value ? value.Pointer<T>() : null;

    private static RecurrentLayout Layout(RecurrentOperation operation, LowerRequest request)
    {
        RecurrentOptions options = operation.Options;
        ReadOnlySpan<int> x = request.Sizes(0);
        var layout = new RecurrentLayout(
            x[options.BatchFirst ? 1 : 0], x[options.BatchFirst ? 0 : 1], x[2], options.HiddenSize, options.Directions, options.Direction == RecurrentDirection.Reverse,
            options.BatchFirst);
        Check(1, "weights", [layout.Directions, operation.Gates * layout.Hidden, layout.Inputs]);
        Check(4, "lengths", [layout.Batch]);
        for (int i = 0; i < operation.States; i++)
            Check(5 + i, "initial states", options.BatchFirst ? [layout.Batch, layout.Directions, layout.Hidden] : [layout.Directions, layout.Batch, layout.Hidden]);
        return layout;

        // Sizes that were symbols when the graph was built.
        void Check(int position, string what, int[] sizes)
        {
            if (request.Has(position) && !request.Sizes(position).SequenceEqual(sizes))
            {
                throw new ShapeException(
                    $"{operation.Name} expects {what} of shape [{string.Join(", ", sizes)}], found [{string.Join(", ", request.Sizes(position).ToArray())}].");
            }
        }
    }

    private static long Flops(RecurrentOperation operation, RecurrentLayout layout) =>
        2L * layout.Rows * layout.Directions * operation.Gates * layout.Hidden * (layout.Inputs + layout.Hidden);
}
