"""An import on many machines: Ray hands files out, each machine imports into parts, one store takes them in.

The only door to Ray. Every worker runs the import of one machine (`structurer.bulk`), so that a report that
ends the process that reads it costs one report here too. A worker that is lost has its files handed out
again; what it had finished lies in parts (see `structurer.parts`), and so does what a driver that ended had
not taken in yet. One actor, the coordinator, lends out places in the lane to the model and knows what the
store holds already.
"""

from structurer.cluster.running import import_on_cluster

__all__ = ["import_on_cluster"]
