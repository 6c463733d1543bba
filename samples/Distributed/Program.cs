using Toolkit.Mpi;
using Toolkit.Samples.Distributed;

// mpirun -np 2 dotnet run --project samples/Distributed
return MpiGroup.Run(DigitsJob.Run);
